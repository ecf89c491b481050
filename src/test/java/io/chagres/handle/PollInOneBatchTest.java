package io.chagres.handle;

import static io.chagres.handle.PollEvents.READABLE;
import static io.chagres.handle.PollEvents.WRITABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.Descriptor;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two descriptors that are ready at the same time: the callback of one changes what is reported of the other. */
@ExtendWith(LoopFixture.class)
class PollInOneBatchTest {

    private final List<String> seen = new ArrayList<>();
    private final Descriptor[] events = {Descriptor.event(1), Descriptor.event(1)};
    private final Poll[] polls = new Poll[2];

    @BeforeEach
    void makeTheHandles(Loop loop) {
        for (int i = 0; i < 2; i++) {
            polls[i] = new Poll(loop, events[i].fd());
        }
    }

    @AfterEach
    void closeAll(Loop loop) {
        polls[0].close();
        polls[1].close();
        loop.run();
        events[0].close();
        events[1].close();
    }

    private interface Action {
        void on(int other);
    }

    private void startBoth(Action action) {
        for (int i = 0; i < 2; i++) {
            int other = 1 - i;
            polls[i].start(READABLE, (ready, error) -> {
                seen.add("first");
                action.on(other);
            });
        }
    }

    @Test
    void stopDropsAnEventThatWasFetchedAlready(Loop loop) {
        startBoth(other -> polls[other].stop());
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("first"), seen);
    }

    @Test
    void closeDropsAnEventThatWasFetchedAlready(Loop loop) {
        startBoth(other -> {
            polls[other].close();
            events[other].close();
        });
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("first"), seen);
    }

    @Test
    void aChangedInterestAppliesToAnEventThatWasFetchedAlready(Loop loop) {
        startBoth(other -> polls[other].start(WRITABLE, (ready, error) -> seen.add(ready.toString())));
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("first"), seen);
        loop.run(RunMode.NOWAIT);
        assertEquals(
                List.of("first", "first", "writable"), seen.stream().sorted().toList());
    }

    @Test
    void aReusedDescriptorNumberGetsNoEventOfTheClosedDescriptor(Loop loop) {
        startBoth(other -> {
            polls[other].close();
            events[other].close();
            replace(loop, other);
        });
        loop.run(RunMode.NOWAIT);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("first", "first"), seen);
    }

    /** Replaces the descriptor by one that is not ready: it gets the lowest free number, which was just closed. */
    private void replace(Loop loop, int slot) {
        if (seen.size() == 1) {
            events[slot] = Descriptor.event(0);
            polls[slot] = new Poll(loop, events[slot].fd());
            polls[slot].start(READABLE, (ready, error) -> seen.add("of the predecessor"));
        }
    }
}
