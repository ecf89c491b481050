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
import io.chagres.loop.internal.LoopCore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopPendingTest {

    private final Journal journal = new Journal();
    private int left;
    private int ran;

    private void pendChain(Loop loop, int length) {
        left = length;
        LoopCore.of(loop).pend(() -> link(loop));
    }

    private void link(Loop loop) {
        ran++;
        if (--left > 0) {
            LoopCore.of(loop).pend(() -> link(loop));
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
    void aRoundRunsOnlyCompletionsThatWereQueuedBeforeIt(Loop loop) {
        LoopCore.of(loop).pend(() -> {
            journal.add("first");
            LoopCore.of(loop).pend(journal.note("third"));
        });
        LoopCore.of(loop).pend(journal.note("second"));
        loop.run();
        journal.expect("first", "second", "third");
    }

    @Test
    void aCompletionKeepsTheLoopAliveAndAwake(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(50, journal.note("timer"));
        pendChain(loop, 10);
        assertTrue(loop.isAlive());
        assertEquals(0, loop.backendTimeoutNanos());
        assertTrue(loop.run(ONCE));
        assertEquals(0, loop.now());
        journal.expect();
        timer.close();
        assertFalse(loop.run());
    }

    @Test
    void aCompletionThatThrowsDoesNotPreventTheNext(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add(thrown.getMessage()));
        LoopCore.of(loop).pend(() -> {
            throw new IllegalStateException("first");
        });
        LoopCore.of(loop).pend(journal.note("second"));
        loop.run();
        journal.expect("first", "second");
    }
}
