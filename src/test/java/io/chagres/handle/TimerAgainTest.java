package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class TimerAgainTest {

    private final Journal journal = new Journal();
    private int pushes;
    private boolean mayFire;

    @Test
    void againOnATimerThatWasNeverStartedIsRefused(Loop loop) {
        Timer timer = new Timer(loop);
        timer.setRepeatMillis(10);
        assertEquals("EINVAL", assertThrows(UsageException.class, timer::again).code());
        assertFalse(timer.isActive());
        timer.close();
        loop.run();
    }

    @Test
    @Covers("libuv:timer_again")
    void againAndAgainKeepsATimerFromFiring(Loop loop, ManualClock clock) {
        Timer pushed = new Timer(loop);
        pushed.start(100, 100, () -> fire(pushed));
        Timer pushing = new Timer(loop);
        pushing.start(50, () -> {
            pushed.again();
            if (++pushes == 10) {
                pushing.close();
                mayFire = true;
            }
        });
        assertEquals(0, pushing.repeatMillis());
        pushing.setRepeatMillis(50);
        assertEquals(50, pushing.repeatMillis());
        assertEquals(100, pushed.repeatMillis());
        loop.run();
        assertEquals(10, pushes);
        journal.expect("repeat 100", "repeat 0");
        assertEquals(700, loop.now());
    }

    private void fire(Timer pushed) {
        assertTrue(mayFire);
        journal.add("repeat " + pushed.repeatMillis());
        if (pushed.repeatMillis() == 0) {
            assertFalse(pushed.isActive());
            pushed.close();
        }
        pushed.setRepeatMillis(0);
    }

    @Test
    void againOnATimerWithoutARepeatIsANoOp(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(10, () -> journal.add("at " + loop.now()));
        clock.advanceMillis(5);
        loop.updateTime();
        timer.again();
        assertEquals(5, timer.dueInMillis());
        loop.run();
        journal.expect("at 10");
        timer.again();
        assertFalse(timer.isActive());
        timer.close();
        loop.run();
    }

    @Test
    void againStartsAStoppedTimerWithItsRepeatAsTimeout(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(10, 30, () -> {
            journal.add("at " + loop.now());
            timer.close();
        });
        timer.stop();
        timer.again();
        assertTrue(timer.isActive());
        assertEquals(30, timer.dueInMillis());
        loop.run();
        journal.expect("at 30");
    }

    @Test
    void aRepeatThatIsSetInTheCallbackAppliesAfterTheNextCall(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(10, 10, () -> {
            journal.add("at " + loop.now());
            timer.setRepeatMillis(100);
            if (++pushes == 3) {
                timer.close();
            }
        });
        loop.run();
        journal.expect("at 10", "at 20", "at 120");
    }
}
