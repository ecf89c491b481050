package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class DelayHistogramTest {

    @Test
    void eachValueIsKnownWithinThreePercent() {
        for (long value = 1; value < 1L << 42; value = value * 5 / 4 + 1) {
            DelayHistogram histogram = new DelayHistogram();
            histogram.add(value);
            histogram.add((1L << 42) - 1); // so that the bucket's end is not cut at the maximum
            long found = histogram.percentile(50);
            assertTrue(found >= value && found <= value * 1.032, value + " is found as " + found);
        }
    }

    @Test
    void percentilesAreThoseOfASortedArray() {
        Random random = new Random(42);
        long[] values = random.longs(10_000, 0, 50_000_000).toArray();
        DelayHistogram histogram = new DelayHistogram();
        for (long value : values) {
            histogram.add(value);
        }
        Arrays.sort(values);
        for (double percent : new double[] {0.01, 1, 25, 50, 90, 99, 99.9, 100}) {
            long exact = values[(int) Math.ceil(values.length * percent / 100) - 1];
            assertEquals(exact, histogram.percentile(percent), exact * 0.032 + 1, percent + " %");
        }
        assertEquals(values[0], histogram.min());
        assertEquals(values[9999], histogram.max());
        assertEquals(Arrays.stream(values).average().orElseThrow(), histogram.mean(), 1);
    }

    @Test
    void aNegativeTimeCountsAsZero() {
        DelayHistogram histogram = new DelayHistogram();
        histogram.add(-5);
        assertEquals(1, histogram.count());
        assertEquals(0, histogram.max());
    }
}
