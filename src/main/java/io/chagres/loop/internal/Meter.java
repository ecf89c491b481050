package io.chagres.loop.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The counters of {@link io.chagres.loop.LoopMetrics}. Only the loop thread writes them, and any thread reads them. Opaque access costs as much as plain
 * access. It guarantees that a reader gets no torn values, and gets new values eventually.
 */
public final class Meter {

    /** Receives the counts. */
    public interface Reader<R> {
        /** Makes a result of the counts, in the order of {@link io.chagres.loop.LoopMetrics}. */
        R read(long iterations, long events, long eventsWaiting, long idleNanos);
    }

    private final AtomicLong iterations = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong eventsWaiting = new AtomicLong();
    private final AtomicLong idleNanos = new AtomicLong();
    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong callbacks = new AtomicLong();
    private boolean measuresIdleTime;
    /** Written with a plain store, because it is written several times in each iteration. Another thread may see an older phase. */
    private Phase phase = Phase.NONE;

    /** Counts an iteration of the loop, with or without a poll phase. */
    public void turn() {
        add(turns, 1);
    }

    /** Notes that {@code next} begins. */
    public void enter(Phase next) {
        phase = next;
    }

    /** Counts a callback that begins. */
    void callback() {
        add(callbacks, 1);
    }

    /** Returns the number of the current iteration, from 1; any thread. */
    public long turns() {
        return turns.getOpaque();
    }

    /** Returns the number of callbacks that have begun; any thread. */
    public long callbacks() {
        return callbacks.getOpaque();
    }

    /** Returns the current phase; any thread. */
    public Phase phase() {
        return phase;
    }

    void iteration() {
        add(iterations, 1);
    }

    /**
     * Counts events.
     *
     * @param waited whether the loop had to wait for them
     */
    void handled(int count, boolean waited) {
        add(events, count);
        if (!waited) {
            add(eventsWaiting, count);
        }
    }

    void idled(long nanos) {
        add(idleNanos, nanos);
    }

    boolean measuresIdleTime() {
        return measuresIdleTime;
    }

    /** Measures idle time from now on. */
    public void measureIdleTime() {
        measuresIdleTime = true;
    }

    /** Returns the counts; any thread. */
    public <R> R read(Reader<R> reader) {
        return reader.read(
                iterations.getOpaque(), events.getOpaque(), eventsWaiting.getOpaque(), idleNanos.getOpaque());
    }

    private static void add(AtomicLong count, long more) {
        count.setOpaque(count.getPlain() + more);
    }
}
