package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/** A histogram of the busy times of a loop, and its place in the list of the {@link Meter}. */
public final class DelayMonitor {

    /** Replaced by a reset, so that the loop never adds to a histogram that another thread clears. */
    private volatile DelayHistogram histogram = new DelayHistogram();

    private volatile boolean ended;

    /** For the loop thread. */
    @Nullable
    DelayMonitor next;

    DelayMonitor(@Nullable DelayMonitor next) {
        this.next = next;
    }

    /** Adds {@code nanos} here and to all monitors behind; returns the first that has not ended. */
    static @Nullable DelayMonitor add(@Nullable DelayMonitor first, long nanos) {
        DelayMonitor kept = null;
        for (DelayMonitor monitor = first; monitor != null; monitor = monitor.next) {
            if (monitor.ended) {
                if (kept != null) {
                    kept.next = monitor.next;
                }
                continue;
            }
            monitor.histogram.add(nanos);
            if (kept == null) {
                first = monitor;
            }
            kept = monitor;
        }
        return kept == null ? null : first;
    }

    /** Returns the current histogram; any thread. */
    public DelayHistogram histogram() {
        return histogram;
    }

    /** Begins a new histogram; any thread. */
    public void reset() {
        histogram = new DelayHistogram();
    }

    /** Stops adding times; any thread. */
    public void end() {
        ended = true;
    }

    /** Returns whether times are added; any thread. */
    public boolean isRunning() {
        return !ended;
    }

    @Override
    public String toString() {
        return "DelayMonitor (" + histogram + (ended ? ", ended)" : ")");
    }
}
