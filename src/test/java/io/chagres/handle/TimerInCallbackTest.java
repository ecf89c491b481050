package io.chagres.handle;

import static io.chagres.loop.RunMode.NOWAIT;
import static io.chagres.loop.RunMode.ONCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Callbacks of timers that start, stop and close timers, also their own. */
@ExtendWith(LoopFixture.class)
class TimerInCallbackTest {

    private final Journal journal = new Journal();

    private static void closeAll(Loop loop) {
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    @Test
    @Covers("libuv:timer_zero_timeout")
    void aTimerThatStartsItselfWithoutDelayWaitsForTheNextIteration(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(0, new Runnable() {
            @Override
            public void run() {
                journal.add("timer");
                timer.start(0, this);
                loop.stop();
            }
        });
        assertTrue(loop.run());
        journal.expect("timer");
        closeAll(loop);
    }

    @Test
    void aTimerThatATimerStartsWithoutDelayWaitsForTheNextIteration(Loop loop) {
        Timer.after(loop, 0, () -> Timer.after(loop, 0, journal.note("second")));
        loop.run(NOWAIT);
        journal.expect();
        loop.run(NOWAIT);
        journal.expect("second");
        loop.run();
    }

    @Test
    void aDueTimerThatAnotherStopsDoesNotFire(Loop loop) {
        Timer second = new Timer(loop);
        Timer.after(loop, 0, () -> {
            assertTrue(second.isActive());
            second.stop();
            assertFalse(second.isActive());
        });
        second.start(0, journal.note("second"));
        loop.run();
        journal.expect();
        closeAll(loop);
    }

    @Test
    void aDueTimerThatAnotherClosesDoesNotFire(Loop loop) {
        Timer second = new Timer(loop);
        Timer.after(loop, 0, () -> second.close(journal.note("closed")));
        second.start(0, journal.note("second"));
        loop.run();
        journal.expect("closed");
    }

    @Test
    void aDueTimerThatAnotherStartsAgainFiresInTheNextIteration(Loop loop) {
        Timer second = new Timer(loop);
        Timer.after(loop, 0, () -> second.start(0, journal.note("started again")));
        second.start(0, journal.note("second"));
        loop.run(NOWAIT);
        journal.expect();
        loop.run(NOWAIT);
        journal.expect("started again");
        closeAll(loop);
    }

    @Test
    void aDueTimerReportsZeroMillis(Loop loop) {
        Timer second = new Timer(loop);
        Timer.after(loop, 0, () -> journal.add("due in " + second.dueInMillis()));
        second.start(0, journal.note("second"));
        loop.run();
        journal.expect("due in 0", "second");
        closeAll(loop);
    }

    @Test
    void aRepeatingTimerThatIsStoppedInItsCallbackStaysStopped(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(10, 10, () -> {
            journal.add("timer");
            timer.stop();
        });
        assertFalse(loop.run());
        journal.expect("timer");
        closeAll(loop);
    }

    private void expectOneCallWhereTwoAreDue(Loop loop, ManualClock clock, RunMode mode) {
        Timer timer = Timer.every(loop, 10, journal.note("timer"));
        clock.advanceMillis(20);
        assertTrue(loop.run(mode));
        journal.expect("timer");
        assertEquals(10, timer.dueInMillis());
        closeAll(loop);
    }

    @Test
    @Covers("libuv:timer_no_double_call_once")
    void aRepeatingTimerThatIsLateIsCalledOnceByOnce(Loop loop, ManualClock clock) {
        expectOneCallWhereTwoAreDue(loop, clock, ONCE);
    }

    @Test
    @Covers("libuv:timer_no_double_call_nowait")
    void aRepeatingTimerThatIsLateIsCalledOnceByNowait(Loop loop, ManualClock clock) {
        expectOneCallWhereTwoAreDue(loop, clock, NOWAIT);
    }

    @Test
    @Covers("libuv:timer_run_once")
    void onceRunsATimerAndReturns(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(0, journal.note("zero"));
        assertFalse(loop.run(ONCE));
        journal.expect("zero");
        timer.start(1, journal.note("one"));
        assertFalse(loop.run(ONCE));
        journal.expect("one");
        timer.close();
        assertFalse(loop.run(ONCE));
    }

    @Test
    @Covers("libuv:timer_from_check")
    void aTimerThatCheckRestartsFiresAfterAPrepareThatItStarts(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        Prepare prepare = new Prepare(loop);
        Check check = new Check(loop);
        timer.start(50, journal.note("timer"));
        check.start(() -> {
            journal.add("check");
            timer.stop();
            timer.start(50, journal.note("timer"));
            prepare.start(() -> {
                journal.add("prepare");
                prepare.stop();
            });
            check.stop();
        });
        loop.run();
        journal.expect("check", "prepare", "timer");
        assertEquals(100, loop.now());
        closeAll(loop);
    }
}
