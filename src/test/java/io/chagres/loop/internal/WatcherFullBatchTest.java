package io.chagres.loop.internal;

import static io.chagres.loop.RunMode.NOWAIT;
import static io.chagres.sys.Epoll.EPOLLIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Descriptor;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One epoll_wait(2) reports 1024 events at most. */
@ExtendWith(LoopFixture.class)
class WatcherFullBatchTest {

    private static final int BATCH = 1024;
    private static final int BATCHES = 48;

    private final Journal journal = new Journal();
    private final List<Watch> watches = new ArrayList<>();
    private List<Descriptor> events;

    private void watch(Loop loop, int howMany) {
        LoopCore.of(loop).keepAlive();
        events = Descriptor.readableEvents(howMany);
        events.forEach(event -> watches.add(new Watch(loop, event.fd(), EPOLLIN)));
    }

    private long eventsSeen() {
        return watches.stream().mapToInt(watch -> watch.events.size()).sum();
    }

    @AfterEach
    void close(Loop loop) {
        LoopCore.of(loop).letGo();
        watches.forEach(watch -> watch.detach(false));
        events.forEach(Descriptor::close);
    }

    @Test
    void moreReadyDescriptorsThanABatchHoldsAreAllServedInOneIteration(Loop loop) {
        watch(loop, 3000);
        for (int i = 0; i < events.size(); i++) {
            watches.get(i).then(events.get(i)::read);
        }
        loop.run(NOWAIT);
        watches.forEach(watch -> assertEquals(1, watch.events.size()));
    }

    @Test
    void descriptorsThatStayReadyTakeTurnsAndDoNotBlockTheOtherPhases(Loop loop) {
        watch(loop, 3 * BATCH);
        loop.run(NOWAIT);
        assertEquals(BATCHES * BATCH, eventsSeen());
        watches.forEach(watch -> assertEquals(BATCHES / 3, watch.events.size()));
    }

    @Test
    void aBatchThatIsNotFullIsTheLastOfItsIteration(Loop loop) {
        watch(loop, BATCH - 1);
        loop.run(NOWAIT);
        assertEquals(BATCH - 1, eventsSeen());
    }

    @Test
    void tasksRunBetweenFullBatches(Loop loop) {
        watch(loop, BATCH);
        long[] seenByTask = {0};
        loop.execute(() -> seenByTask[0] = eventsSeen());
        loop.run(NOWAIT);
        assertEquals(BATCH, seenByTask[0]);
    }

    @Test
    void aFullBatchThatIsPausedEndsThePhase(Loop loop) {
        watch(loop, BATCH);
        watches.forEach(watch -> watch.then(() -> watch.want(0)));
        LoopCore.of(loop).pend(journal.note("pending"));
        loop.run(NOWAIT);
        assertEquals(BATCH, eventsSeen());
        journal.expect("pending");
        assertTrue(loop.isAlive());
    }
}
