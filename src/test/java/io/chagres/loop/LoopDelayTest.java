package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.handle.Timer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The clock is moved by hand, so each time is exact, apart from the 3.2 percent of a bucket. */
@ExtendWith(LoopFixture.class)
class LoopDelayTest {

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Runs {@code count} iterations with a wait and a callback of {@code millis}. */
    private static void work(Loop loop, ManualClock clock, int count, long millis) {
        for (int i = 0; i < count; i++) {
            Timer.after(loop, 10, () -> clock.advanceMillis(millis));
            loop.run();
        }
    }

    @Test
    void aRecordingHasTheTimesInWhichTheLoopWasBusy(Loop loop, ManualClock clock) {
        LoopDelay delay = loop.monitorDelay();
        work(loop, clock, 98, 1);
        work(loop, clock, 1, 40);
        work(loop, clock, 1, 500);
        // up to the wait, from the wait to the end of the callback, and for the close of the timer
        assertEquals(300, delay.count());
        assertEquals(0, delay.minNanos());
        assertEquals(nanos(500), delay.maxNanos());
        assertEquals((98 + 40 + 500) * 1e6 / 300, delay.meanNanos(), 1);
        assertEquals(0, delay.percentileNanos(50));
        assertEquals(nanos(1), delay.percentileNanos(99), nanos(1) * 0.032);
        assertEquals(nanos(40), delay.percentileNanos(99.5), nanos(40) * 0.032);
        assertEquals(nanos(500), delay.percentileNanos(100));
        assertEquals(nanos(500), delay.percentileNanos(99.9), nanos(500) * 0.032);
        double mean = 638 / 300.0;
        double squares = 200 * mean * mean + 98 * (1 - mean) * (1 - mean) + sq(40 - mean) + sq(500 - mean);
        assertEquals(Math.sqrt(squares / 300) * 1e6, delay.stddevNanos(), Math.sqrt(squares / 300) * 1e6 * 0.032);
    }

    private static double sq(double value) {
        return value * value;
    }

    @Test
    void anEmptyRecordingHasOnlyZeros(Loop loop, ManualClock clock) {
        LoopDelay delay = loop.monitorDelay();
        assertEquals(0, delay.count() + delay.minNanos() + delay.maxNanos() + delay.percentileNanos(99));
        assertEquals(0, delay.meanNanos() + delay.stddevNanos());
        assertEquals("LoopDelay (0 times, p50 0 us, p99 0 us, max 0 us)", delay.toString());
    }

    @Test
    void aResetForgetsAndTheRecordingGoesOn(Loop loop, ManualClock clock) {
        LoopDelay delay = loop.monitorDelay();
        work(loop, clock, 3, 100);
        delay.reset();
        assertEquals(0, delay.count());
        work(loop, clock, 3, 2);
        assertEquals(nanos(2), delay.maxNanos());
    }

    @Test
    void aClosedRecordingKeepsItsValuesAndOthersGoOn(Loop loop, ManualClock clock) {
        LoopDelay first = loop.monitorDelay();
        LoopDelay second = loop.monitorDelay();
        LoopDelay third = loop.monitorDelay();
        work(loop, clock, 1, 5);
        second.close();
        second.close();
        work(loop, clock, 1, 50);
        assertEquals(nanos(50), first.maxNanos());
        assertEquals(nanos(5), second.maxNanos());
        assertEquals(nanos(50), third.maxNanos());
        first.close();
        third.close();
        work(loop, clock, 1, 500);
        assertEquals(nanos(50), first.maxNanos());
        assertEquals(nanos(50), third.maxNanos());
        assertTrue(second.toString().endsWith(", ended)"), second::toString);
    }

    @Test
    void aTimeBeyondTheLastBucketCountsAsTheLast(Loop loop, ManualClock clock) {
        LoopDelay delay = loop.monitorDelay();
        work(loop, clock, 1, TimeUnit.DAYS.toMillis(2));
        assertEquals((1L << 42) - 1, delay.maxNanos());
        assertEquals(delay.maxNanos(), delay.percentileNanos(100));
    }

    @Test
    void aPercentileOutsideOfItsRangeIsRefused(Loop loop) {
        LoopDelay delay = loop.monitorDelay();
        for (double wrong : new double[] {0, -1, 100.1, Double.NaN}) {
            assertEquals(
                    "ERR_OUT_OF_RANGE",
                    assertThrows(UsageException.class, () -> delay.percentileNanos(wrong))
                            .code());
        }
    }
}
