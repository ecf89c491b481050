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
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class TimerTest {

    private final Journal journal = new Journal();
    private int repeats;

    private static void closeAndRun(Loop loop, Timer... timers) {
        for (Timer timer : timers) {
            timer.close();
        }
        loop.run();
    }

    private static String codeOf(Runnable call) {
        return assertThrows(UsageException.class, call::run).code();
    }

    @Test
    @Covers("libuv:timer")
    void oneShotTimersFireOnceAndARepeatingOneUntilItIsClosed(Loop loop, ManualClock clock) {
        for (int i = 0; i < 10; i++) {
            Timer once = new Timer(loop);
            once.start(i * 50, () -> {
                assertFalse(once.isActive());
                journal.add("once");
                once.close(journal.note("once closed"));
            });
        }
        Timer repeat = new Timer(loop);
        repeat.start(100, 100, () -> {
            assertTrue(repeat.isActive());
            if (++repeats == 5) {
                repeat.close(journal.note("repeat closed"));
            }
        });
        Timer never = new Timer(loop);
        never.start(100, 100, journal.note("never"));
        never.stop();
        never.unref();
        loop.run();
        assertEquals(10, journal.count("once"));
        assertEquals(10, journal.count("once closed"));
        assertEquals(5, repeats);
        assertEquals(1, journal.count("repeat closed"));
        assertEquals(0, journal.count("never"));
        assertEquals(500, loop.now());
        closeAndRun(loop, never);
    }

    @Test
    @Covers("libuv:timer_init")
    void aNewTimerHasNoRepeatAndIsNotDue(Loop loop) {
        Timer timer = new Timer(loop);
        assertEquals(0, timer.repeatMillis());
        assertEquals(0, timer.dueInMillis());
        assertFalse(timer.isActive());
        closeAndRun(loop, timer);
    }

    @Test
    @Covers("libuv:timer_start_twice")
    void aSecondStartReplacesTheFirst(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(86_400_000, 86_400_000, journal.note("first"));
        timer.start(10, journal.note("second"));
        assertEquals(0, timer.repeatMillis());
        loop.run();
        journal.expect("second");
        assertEquals(10, loop.now());
        closeAndRun(loop, timer);
    }

    @Test
    @Covers("libuv:timer_order")
    void timersOfEqualDeadlineFireInStartOrder(Loop loop) {
        Timer a = new Timer(loop);
        Timer b = new Timer(loop);
        a.start(0, journal.note("a"));
        b.start(0, journal.note("b"));
        loop.run();
        journal.expect("a", "b");
        b.start(0, journal.note("b"));
        a.start(0, journal.note("a"));
        loop.run();
        journal.expect("b", "a");
        closeAndRun(loop, a, b);
    }

    @Test
    @Covers("libuv:timer_is_closing")
    void startOfAClosingTimerIsRefused(Loop loop) {
        Timer timer = new Timer(loop);
        timer.close();
        assertEquals("EINVAL", codeOf(() -> timer.start(100, journal.note("timer"))));
        assertEquals("EINVAL", codeOf(timer::again));
        timer.stop();
        loop.run();
        assertEquals("EINVAL", codeOf(() -> timer.start(100, journal.note("timer"))));
        assertFalse(loop.run());
        journal.expect();
    }

    @Test
    @Covers("libuv:timer_null_callback")
    void startOfATimerWithoutACallbackIsRefused(Loop loop) {
        Timer timer = new Timer(loop);
        assertEquals("EINVAL", codeOf(() -> timer.start(100, 100, null)));
        assertFalse(timer.isActive());
        closeAndRun(loop, timer);
    }

    @Test
    void aRefusedStartDoesNotChangeATimer(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(10, journal.note("timer"));
        assertEquals("EINVAL", codeOf(() -> timer.start(5, null)));
        assertEquals("EINVAL", codeOf(() -> timer.start(-1, journal.note("wrong"))));
        assertEquals("EINVAL", codeOf(() -> timer.start(1, -1, journal.note("wrong"))));
        assertEquals("EINVAL", codeOf(() -> timer.start(Duration.ofNanos(-1), Duration.ZERO, journal.note("wrong"))));
        assertEquals("EINVAL", codeOf(() -> timer.start(null, Duration.ZERO, journal.note("wrong"))));
        assertEquals("EINVAL", codeOf(() -> timer.setRepeatMillis(-1)));
        loop.run();
        journal.expect("timer");
        assertEquals(10, loop.now());
        closeAndRun(loop, timer);
    }

    @Test
    @Covers("libuv:timer_early_check")
    void aTimerDoesNotFireEarly(Loop loop) {
        long due = loop.now() + 10;
        Timer.after(loop, 10, () -> assertTrue(loop.now() >= due));
        loop.run();
        assertTrue(loop.now() >= due);
    }

    @Test
    void dueInMillisCountsDownAndIsRoundedUp(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(100, journal.note("timer"));
        assertEquals(100, timer.dueInMillis());
        clock.advanceNanos(1_500_000);
        loop.updateTime();
        assertEquals(99, timer.dueInMillis());
        clock.advanceMillis(200);
        loop.updateTime();
        assertEquals(0, timer.dueInMillis());
        timer.stop();
        assertEquals(0, timer.dueInMillis());
        closeAndRun(loop, timer);
    }

    @Test
    void durationsAreKeptToTheMicrosecondAndRoundedUp(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        long before = clock.nanoTime();
        timer.start(Duration.ofNanos(1_000_001), Duration.ofNanos(250_000), () -> {
            journal.add("after " + (clock.nanoTime() - before));
            if (++repeats == 2) {
                timer.close();
            }
        });
        loop.run();
        journal.expect("after 1001000", "after 1251000");
    }

    @Test
    void stoppingATimerTwiceIsTheSameAsOnce(Loop loop) {
        Timer timer = new Timer(loop);
        timer.stop();
        timer.start(10, journal.note("timer"));
        timer.stop();
        timer.stop();
        assertFalse(loop.isAlive());
        closeAndRun(loop, timer);
    }

    @Test
    void aRepeatCountsFromTheIterationInWhichTheTimerFired(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(10, 10, () -> {
            journal.add("at " + loop.now());
            clock.advanceMillis(25);
            if (++repeats == 3) {
                timer.close();
            }
        });
        loop.run();
        journal.expect("at 10", "at 35", "at 60");
    }
}
