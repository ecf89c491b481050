package io.chagres.loop.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The distribution of times: 32 buckets for each power of two, so that a value is known within 3.2 percent. One thread adds, and any
 * thread reads. Adding allocates nothing. A histogram takes 10 KB.
 */
public final class DelayHistogram {

    private static final int SUB_BITS = 5;
    private static final int MAX_BITS = 42;
    /** The maximum, some 73 minutes. A longer time counts as this one. */
    private static final long MAX_VALUE = (1L << MAX_BITS) - 1;

    private final AtomicLongArray buckets = new AtomicLongArray(bucketOf(MAX_VALUE) + 1);
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong sum = new AtomicLong();
    private final AtomicLong min = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong max = new AtomicLong();

    /** Makes an empty histogram. */
    public DelayHistogram() {}

    private static int bucketOf(long value) {
        int shift = Math.max(0, Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(value));
        return (shift << SUB_BITS) + (int) (value >>> shift);
    }

    /** Returns the greatest value of {@code bucket}. */
    private static long endOf(int bucket) {
        int shift = Math.max(0, (bucket >> SUB_BITS) - 1);
        long sub = bucket - ((long) shift << SUB_BITS);
        return ((sub + 1) << shift) - 1;
    }

    /** Adds {@code nanos}; a negative time counts as 0. */
    void add(long nanos) {
        long value = Math.clamp(nanos, 0, MAX_VALUE);
        int bucket = bucketOf(value);
        buckets.setOpaque(bucket, buckets.getPlain(bucket) + 1);
        sum.setOpaque(sum.getPlain() + value);
        if (value < min.getPlain()) {
            min.setOpaque(value);
        }
        if (value > max.getPlain()) {
            max.setOpaque(value);
        }
        count.setOpaque(count.getPlain() + 1);
    }

    /** Returns how many times were added; any thread. */
    public long count() {
        return count.getOpaque();
    }

    /** Returns the minimum, 0 if the histogram is empty; any thread. */
    public long min() {
        long seen = min.getOpaque();
        return seen == Long.MAX_VALUE ? 0 : seen;
    }

    /** Returns the maximum, 0 if the histogram is empty; any thread. */
    public long max() {
        return max.getOpaque();
    }

    /** Returns the mean, 0 if the histogram is empty; any thread. */
    public double mean() {
        long total = count();
        return total == 0 ? 0 : (double) sum.getOpaque() / total;
    }

    /** Returns the standard deviation, computed of the buckets; any thread. */
    public double stddev() {
        double mean = mean();
        double squares = 0;
        long total = 0;
        for (int bucket = 0; bucket < buckets.length(); bucket++) {
            long here = buckets.getOpaque(bucket);
            double distance = Math.min(endOf(bucket), max()) - mean;
            squares += here * distance * distance;
            total += here;
        }
        return total == 0 ? 0 : Math.sqrt(squares / total);
    }

    /** Returns the value that {@code percent} of the added times do not exceed, 0 if the histogram is empty; any thread. */
    public long percentile(double percent) {
        long wanted = Math.max(1, (long) Math.ceil(total() * percent / 100));
        long seen = 0;
        for (int bucket = 0; bucket < buckets.length(); bucket++) {
            seen += buckets.getOpaque(bucket);
            if (seen >= wanted) {
                return Math.clamp(endOf(bucket), min(), max());
            }
        }
        return max();
    }

    private long total() {
        long total = 0;
        for (int bucket = 0; bucket < buckets.length(); bucket++) {
            total += buckets.getOpaque(bucket);
        }
        return total;
    }

    @Override
    public String toString() {
        return "DelayHistogram (" + count() + " times, max " + max() + " ns)";
    }
}
