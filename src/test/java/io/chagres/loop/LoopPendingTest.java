package io.chagres.loop;

import static io.chagres.loop.RunMode.NOWAIT;
import static io.chagres.loop.RunMode.ONCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.handle.Timer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopPendingTest {

    private final Journal journal = new Journal();
    private int left;
    private int ran;

    private void pendChain(Loop loop, int length) {
        left = length;
        loop.core().pend(() -> link(loop));
    }

    private void link(Loop loop) {
        ran++;
        if (--left > 0) {
            loop.core().pend(() -> link(loop));
        }
    }

    @Test
    void anIterationRunsOneRoundBeforePollingAndEightAfter(Loop loop) {
        pendChain(loop, 20);
        loop.run(NOWAIT);
        assertEquals(9, ran);
        loop.run(NOWAIT);
        assertEquals(18, ran);
        loop.run(NOWAIT);
        assertEquals(20, ran);
    }

    @Test
    void aRoundTakesOnlyWhatWasQueuedBeforeIt(Loop loop) {
        loop.core().pend(() -> {
            journal.add("first");
            loop.core().pend(journal.note("third"));
        });
        loop.core().pend(journal.note("second"));
        loop.run();
        journal.expect("first", "second", "third");
    }

    @Test
    void aCompletionKeepsTheLoopAliveAndAwake(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(50, journal.note("timer"));
        pendChain(loop, 10);
        assertTrue(loop.isAlive());
        assertEquals(0, loop.core().backendTimeoutNanos());
        assertTrue(loop.run(ONCE));
        assertEquals(0, loop.now());
        journal.expect();
        timer.close();
        assertFalse(loop.run());
    }

    @Test
    void aCompletionThatThrowsCostsTheNextNothing(Loop loop) {
        loop.onUncaught(thrown -> journal.add(thrown.getMessage()));
        loop.core().pend(() -> {
            throw new IllegalStateException("first");
        });
        loop.core().pend(journal.note("second"));
        loop.run();
        journal.expect("first", "second");
    }
}
