package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class TimersLoadTest {

    private static final int MILLION = 1_000_000;

    private int fired;
    private long lastDeadline;
    private long lastStart;
    private int outOfOrder;

    private final class Entry extends TimerEntry {
        @Override
        protected void fire() {
            fired++;
            if (deadlineMicros < lastDeadline || deadlineMicros == lastDeadline && startId < lastStart) {
                outOfOrder++;
            }
            lastDeadline = deadlineMicros;
            lastStart = startId;
        }
    }

    private Entry[] startAMillion(LoopCore core) {
        Random random = new Random(1);
        Entry[] entries = new Entry[MILLION];
        for (int i = 0; i < MILLION; i++) {
            entries[i] = new Entry();
            core.timers().start(entries[i], random.nextInt(2_000_000));
        }
        return entries;
    }

    private static void runAll(LoopCore core, ManualClock clock) {
        for (long nanos = core.timers().nanosUntilNext();
                nanos != Timers.NEVER;
                nanos = core.timers().nanosUntilNext()) {
            clock.advanceNanos(Math.max(nanos, 10_000_000));
            core.time().update();
            core.timers().run();
        }
    }

    @Test
    @Tag("no-qemu")
    void aMillionTimersFireInOrder(Loop loop, ManualClock clock) {
        startAMillion(LoopCore.of(loop));
        runAll(LoopCore.of(loop), clock);
        assertEquals(MILLION, fired);
        assertEquals(0, outOfOrder);
    }

    @Test
    void stoppedOnesOfAMillionTimersDoNotFire(Loop loop, ManualClock clock) {
        Entry[] entries = startAMillion(LoopCore.of(loop));
        for (int i = 0; i < MILLION; i += 2) {
            LoopCore.of(loop).timers().stop(entries[i]);
        }
        runAll(LoopCore.of(loop), clock);
        assertEquals(MILLION / 2, fired);
        assertEquals(0, outOfOrder);
    }

    @Test
    void aMillionTimersThatAreDueAtOnceFireInStartOrder(Loop loop, ManualClock clock) {
        for (int i = 0; i < MILLION; i++) {
            LoopCore.of(loop).timers().start(new Entry(), 1000);
        }
        clock.advanceMillis(1);
        LoopCore.of(loop).time().update();
        LoopCore.of(loop).timers().run();
        assertEquals(MILLION, fired);
        assertEquals(0, outOfOrder);
        assertTrue(LoopCore.of(loop).timers().nanosUntilNext() == Timers.NEVER);
    }
}
