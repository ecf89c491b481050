package io.chagres.loop.internal;

import static io.chagres.loop.RunMode.NOWAIT;
import static io.chagres.loop.RunMode.ONCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LoopFixture.class)
class TimersClockTest {

    private final Journal journal = new Journal();

    private final class Entry extends TimerEntry {
        private final Runnable action;

        Entry(Runnable action) {
            this.action = action;
        }

        @Override
        protected void fire() {
            action.run();
        }
    }

    private Entry start(Loop loop, long micros, Runnable action) {
        Entry entry = new Entry(action);
        LoopCore.of(loop).timers().start(entry, micros);
        return entry;
    }

    @Test
    void aDeadlineBetweenTwoMicrosecondsIsRoundedUp(Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        clock.advanceNanos(1);
        loop.updateTime();
        start(loop, 1000, journal.note("timer"));
        clock.advanceNanos(1_000_998);
        loop.run(NOWAIT);
        journal.expect();
        clock.advanceNanos(1);
        loop.run(NOWAIT);
        journal.expect("timer");
        LoopCore.of(loop).letGo();
    }

    @Test
    void theLoopSleepsToTheNanosecond(Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        clock.advanceNanos(1234);
        loop.updateTime();
        long before = clock.nanoTime();
        start(loop, 250, journal.note("timer"));
        loop.run(ONCE);
        journal.expect("timer");
        assertEquals(250_766, clock.nanoTime() - before);
        LoopCore.of(loop).letGo();
    }

    @Test
    void noTimerFiresEarlyOnTheSystemsClock(Loop loop) {
        Random random = new Random();
        LoopCore.of(loop).keepAlive();
        for (int i = 0; i < 300; i++) {
            long micros = random.nextLong(800);
            long before = System.nanoTime();
            loop.updateTime();
            boolean[] fired = {false};
            start(loop, micros, () -> {
                long waited = System.nanoTime() - before;
                assertTrue(waited >= micros * 1000, waited + " ns for a timer of " + micros + " us");
                fired[0] = true;
            });
            while (!fired[0]) {
                loop.run(ONCE);
            }
        }
        LoopCore.of(loop).letGo();
    }

    @Test
    void aTimerThatIsStartedOutsideOfRunCountsFromTheClock(Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        loop.run(NOWAIT);
        clock.advanceMillis(150);
        long started = clock.nanoTime();
        start(loop, 100_000, () -> journal.add("after " + (clock.nanoTime() - started) / 1_000_000));
        assertEquals(150, loop.now());
        loop.run(ONCE);
        journal.expect("after 100");
        LoopCore.of(loop).letGo();
    }

    @Test
    void aTimerThatIsStartedInACallbackCountsFromTheCachedTime(Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        start(loop, 0, () -> {
            clock.advanceMillis(30);
            start(loop, 100_000, () -> journal.add("at " + loop.now()));
        });
        loop.run(NOWAIT);
        loop.run(ONCE);
        journal.expect("at 100");
        LoopCore.of(loop).letGo();
    }

    /** The granted time does not depend on how long the callback has worked before. */
    @Test
    void aTimerThatIsStartedByTheClockHasItsWholeTimeAfterALongCallback(Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        start(loop, 0, () -> {
            clock.advanceMillis(30);
            LoopCore.of(loop).timers().startByClock(new Entry(() -> journal.add("at " + loop.now())), 100_000);
        });
        loop.run(NOWAIT);
        loop.run(ONCE);
        journal.expect("at 130");
        LoopCore.of(loop).letGo();
    }

    @ParameterizedTest
    @EnumSource
    void eachRunBeginsByReadingTheClock(RunMode mode, Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        loop.run(NOWAIT);
        clock.advanceMillis(5000);
        LoopCore.of(loop).pend(() -> {
            start(loop, 100_000, () -> journal.add("at " + loop.now()));
            LoopCore.of(loop).letGo();
        });
        loop.run(mode);
        LoopCore.of(loop).keepAlive();
        loop.run(ONCE);
        journal.expect("at 5100");
        LoopCore.of(loop).letGo();
    }

    @Test
    void theTimeOfACallbackShortensTheNextSleep(Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        start(loop, 0, () -> clock.advanceMillis(30));
        start(loop, 50_000, () -> journal.add("at " + loop.now()));
        loop.run(NOWAIT);
        loop.run(ONCE);
        journal.expect("at 50");
        LoopCore.of(loop).letGo();
    }

    @Test
    void theLoopDoesNotSleepForATimerThatBecameDueInACallback(Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        start(loop, 0, () -> clock.advanceMillis(80));
        start(loop, 50_000, () -> journal.add("at " + loop.now()));
        loop.run(NOWAIT);
        loop.run(ONCE);
        journal.expect("at 80");
        LoopCore.of(loop).letGo();
    }

    @Test
    void deadlinesBeyondTheEndOfTimeAreSaturated(Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        clock.advanceMillis(1);
        loop.updateTime();
        Entry far = start(loop, Long.MAX_VALUE, journal.note("never"));
        Entry alsoFar = start(loop, Long.MAX_VALUE - 1, journal.note("never"));
        Entry near = start(loop, 1, journal.note("near"));
        assertEquals(Long.MAX_VALUE - 1000, LoopCore.of(loop).timers().microsUntil(far));
        loop.run(ONCE);
        journal.expect("near");
        assertTrue(LoopCore.of(loop).timers().nanosUntilNext() > 0);
        LoopCore.of(loop).timers().stop(far);
        LoopCore.of(loop).timers().stop(alsoFar);
        LoopCore.of(loop).timers().stop(near);
        assertEquals(Timers.NEVER, LoopCore.of(loop).timers().nanosUntilNext());
        LoopCore.of(loop).letGo();
    }

    @Test
    void aSystemWaitForAFarTimerIsEndedByATask(Loop loop) throws InterruptedException {
        LoopCore.of(loop).keepAlive();
        Entry far = start(loop, Long.MAX_VALUE, journal.note("never"));
        Thread sender = Thread.ofPlatform().start(() -> loop.execute(LoopCore.of(loop)::letGo));
        loop.run();
        Waits.join(sender);
        LoopCore.of(loop).timers().stop(far);
        journal.expect();
    }
}
