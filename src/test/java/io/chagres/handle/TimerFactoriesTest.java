package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class TimerFactoriesTest {

    private final Journal journal = new Journal();

    @Test
    void aTimerOfAfterFiresOnceAndClosesItself(Loop loop, ManualClock clock) {
        Timer timer = Timer.after(loop, 5, () -> journal.add("at " + loop.now()));
        assertTrue(timer.isActive());
        assertFalse(loop.run());
        journal.expect("at 5");
        assertTrue(timer.isClosed());
    }

    @Test
    void aTimerOfAfterIsCancelledByItsClose(Loop loop) {
        Timer timer = Timer.after(loop, 5, journal.note("timer"));
        timer.close();
        assertFalse(loop.run());
        journal.expect();
    }

    @Test
    void aTimerOfAfterClosesItselfAlsoIfItsCallbackThrows(Loop loop) {
        Timer timer = Timer.after(loop, 0, () -> {
            throw new IllegalStateException();
        });
        assertThrows(IllegalStateException.class, loop::run);
        loop.run();
        assertTrue(timer.isClosed());
    }

    @Test
    void aTimerOfAfterIsClosingInItsCallback(Loop loop) {
        Timer[] timer = new Timer[1];
        timer[0] = Timer.after(loop, 0, () -> {
            assertTrue(timer[0].isClosing());
            timer[0].close();
        });
        timer[0].onClose(journal.note("closed"));
        loop.run();
        journal.expect("closed");
    }

    @Test
    void aTimerOfEveryFiresUntilItIsClosed(Loop loop, ManualClock clock) {
        Timer[] timer = new Timer[1];
        timer[0] = Timer.every(loop, 5, () -> {
            journal.add("at " + loop.now());
            if (loop.now() == 15) {
                timer[0].close();
            }
        });
        loop.run();
        journal.expect("at 5", "at 10", "at 15");
    }

    @Test
    void aTimerFactoryThatFailsLeavesNothingThatKeepsTheLoopAlive(Loop loop) {
        for (Runnable wrong : new Runnable[] {
            () -> Timer.after(loop, -1, journal.note("timer")), () -> Timer.after(loop, 1, null),
            () -> Timer.every(loop, 0, journal.note("timer")), () -> Timer.every(loop, 1, null)
        }) {
            assertEquals(
                    "EINVAL", assertThrows(UsageException.class, wrong::run).code());
        }
        assertFalse(loop.run());
        journal.expect();
    }
}
