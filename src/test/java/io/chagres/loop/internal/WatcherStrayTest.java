package io.chagres.loop.internal;

import static io.chagres.loop.RunMode.NOWAIT;
import static io.chagres.sys.Epoll.EPOLLIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Descriptor;
import io.chagres.fixture.KernelView;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A watched descriptor is closed while a duplicate of it is open. The epoll set still has the descriptor and reports it without end, and
 * epoll_ctl(2) cannot remove it any more (epoll(7), questions and answers 6).
 */
@ExtendWith(LoopFixture.class)
class WatcherStrayTest {

    private Loop loop;
    private final Descriptor description = Descriptor.event(1);

    @BeforeEach
    void hold(Loop fixtureLoop) {
        loop = fixtureLoop;
        LoopCore.of(loop).keepAlive();
    }

    @AfterEach
    void close() {
        LoopCore.of(loop).letGo();
        loop.run();
        description.close();
    }

    /** Leaves a stray descriptor in the epoll set; returns its number. */
    private int leaveStray() {
        Descriptor watched = description.duplicate(0);
        Watch watch = new Watch(loop, watched.fd(), EPOLLIN);
        loop.run(NOWAIT);
        watch.detach(false);
        watched.close();
        assertTrue(interests().containsKey(watched.fd()));
        return watched.fd();
    }

    private Map<Integer, Integer> interests() {
        return KernelView.interests(loop.backendFd());
    }

    @Test
    void aStrayDescriptorIsRemovedFromTheEpollSet() {
        int stray = leaveStray();
        loop.run(NOWAIT);
        assertFalse(interests().containsKey(stray));
        assertEquals(1, interests().size(), "the eventfd is there");
    }

    @Test
    void aStrayDescriptorDoesNotEndAWait() {
        leaveStray();
        Timer timer = Timer.after(loop, 5, () -> {});
        loop.run(RunMode.ONCE);
        assertTrue(timer.isClosing());
    }

    @Test
    void otherDescriptorsAreWatchedAfterAStrayOneWasRemoved() {
        Descriptor other = Descriptor.event(0);
        Watch watch = new Watch(loop, other.fd(), EPOLLIN);
        leaveStray();
        loop.run(NOWAIT);
        assertEquals(2, interests().size());
        other.write();
        loop.run(NOWAIT);
        assertEquals(List.of(EPOLLIN), watch.events);
        assertEquals(List.of(), watch.refusals);
        watch.detach(true);
        other.close();
    }

    @Test
    void aWatcherThatHasTheNumberOfAStrayDescriptorIsWatched() {
        Descriptor unready = Descriptor.event(0);
        int stray = leaveStray();
        Descriptor next = unready.duplicate(stray);
        assertEquals(stray, next.fd());
        Watch watch = new Watch(loop, next.fd(), EPOLLIN);
        loop.run(NOWAIT);
        loop.run(NOWAIT);
        assertEquals(List.of(), watch.events);
        unready.write();
        loop.run(NOWAIT);
        assertEquals(List.of(EPOLLIN), watch.events);
        assertEquals(2, interests().size());
        watch.detach(true);
        next.close();
        unready.close();
    }

    @Test
    void aTaskWakesALoopWhoseEpollSetWasReplaced() throws InterruptedException {
        leaveStray();
        loop.run(NOWAIT);
        for (int i = 0; i < 3; i++) {
            Thread sender = Thread.ofPlatform().start(() -> loop.execute(() -> {}));
            loop.run(RunMode.ONCE);
            Waits.join(sender);
        }
    }

    @Test
    void aDescriptorWithoutDuplicatesCausesNoNewEpollSet() {
        int backend = loop.backendFd();
        Descriptor other = Descriptor.event(1);
        Watch watch = new Watch(loop, other.fd(), EPOLLIN);
        loop.run(NOWAIT);
        watch.detach(false);
        other.close();
        loop.run(NOWAIT);
        assertEquals(backend, loop.backendFd());
    }
}
