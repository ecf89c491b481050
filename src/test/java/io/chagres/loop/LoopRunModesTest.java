package io.chagres.loop;

import static io.chagres.loop.RunMode.DEFAULT;
import static io.chagres.loop.RunMode.NOWAIT;
import static io.chagres.loop.RunMode.ONCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopRunModesTest {

    private final Journal journal = new Journal();
    private int ticks;

    @Test
    @Covers("libuv:ref")
    void aLoopWithNothingOnItReturnsAtOnce(Loop loop) {
        assertFalse(loop.run(DEFAULT));
        assertFalse(loop.run(ONCE));
        assertFalse(loop.run(NOWAIT));
    }

    @Test
    @Covers("libuv:run_once")
    void onceIsOneIteration(Loop loop) {
        Idle idle = new Idle(loop);
        idle.start(() -> {
            if (++ticks == 64) {
                idle.stop();
            }
        });
        int calls = 1;
        while (loop.run(ONCE)) {
            calls++;
        }
        assertEquals(64, ticks);
        assertEquals(64, calls);
        idle.close();
        loop.run();
    }

    @Test
    @Covers("libuv:run_nowait")
    void nowaitLeavesATimerThatIsNotDue(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(100, 100, journal.note("timer"));
        long before = clock.nanoTime();
        assertTrue(loop.run(NOWAIT));
        assertEquals(before, clock.nanoTime(), "time that it slept");
        journal.expect();
        timer.close();
        assertFalse(loop.run());
    }

    @Test
    void nowaitRunsATimerThatIsDue(Loop loop, ManualClock clock) {
        Timer.after(loop, 5, journal.note("timer"));
        clock.advanceMillis(5);
        loop.run(NOWAIT);
        journal.expect("timer");
        loop.run();
    }

    @Test
    void onceWaitsForTheNextTimerOnly(Loop loop, ManualClock clock) {
        Timer.after(loop, 10, journal.note("ten"));
        Timer.after(loop, 20, journal.note("twenty"));
        assertTrue(loop.run(ONCE));
        journal.expect("ten");
        assertEquals(10, loop.now());
        loop.run();
        journal.expect("twenty");
    }

    @Test
    void onceDoesNotWaitIfAnIdleHandleStopsItselfInTheSameIteration(Loop loop, ManualClock clock) {
        Timer timer = Timer.after(loop, 10, journal.note("timer"));
        Idle idle = new Idle(loop);
        idle.start(idle::stop);
        assertTrue(loop.run(ONCE));
        assertEquals(0, loop.now());
        idle.close();
        timer.close();
        loop.run();
        journal.expect();
    }

    @Test
    void defaultRunsUntilNothingIsLeft(Loop loop, ManualClock clock) {
        Timer.after(loop, 10, () -> Timer.after(loop, 10, journal.note("second")));
        assertFalse(loop.run());
        journal.expect("second");
        assertEquals(20, loop.now());
    }

    @Test
    @Covers("libuv:loop_update_time")
    void aRunWithNothingToDoReadsTheClock(Loop loop, ManualClock clock) {
        clock.advanceMillis(10);
        assertEquals(0, loop.now());
        assertFalse(loop.run(NOWAIT));
        assertEquals(10, loop.now());
    }

    @Test
    void updateTimeReadsTheClock(Loop loop, ManualClock clock) {
        clock.advanceMillis(7);
        loop.updateTime();
        assertEquals(7, loop.now());
        clock.advanceNanos(999_999);
        loop.updateTime();
        assertEquals(7, loop.now(), "milliseconds are rounded down");
    }

    @Test
    void runInsideACallbackIsRefused(Loop loop) {
        loop.execute(() -> {
            UsageException busy = assertThrows(UsageException.class, loop::run);
            journal.add(busy.code());
        });
        loop.run();
        journal.expect("EBUSY");
    }

    @Test
    void runWithoutAModeIsRefused(Loop loop) {
        UsageException wrong = assertThrows(UsageException.class, () -> loop.run(null));
        assertEquals("EINVAL", wrong.code());
    }
}
