package io.chagres.loop.internal;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The counters of {@link io.chagres.loop.LoopMetrics}. Only the loop thread writes them, and any thread reads them. Opaque access costs as much as plain
 * access. It guarantees that a reader gets no torn values, and gets new values eventually.
 */
public final class Meter {

    /** Receives the counts. */
    public interface Reader<R> {
        /** Makes a result of the counts, in the order of {@link io.chagres.loop.LoopMetrics}. */
        R read(long iterations, long events, long eventsWaiting, long callbacks, long idleNanos, long activeNanos);
    }

    /**
     * The part of a wait that counts as work: what the call costs the thread until it sleeps and after it was woken. A wait that is
     * shorter has found its events at once. The utilisation that docs/metrics.md compares with /proc rests on this figure.
     */
    public static final long WAIT_COST_NANOS = 2_000;

    private final LoopTime time;

    private final AtomicLong iterations = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong eventsWaiting = new AtomicLong();
    private final Stopwatch running = new Stopwatch();
    private final Stopwatch idle = new Stopwatch();
    /** The time at which the loop last began to work. */
    private final AtomicLong busySince = new AtomicLong();

    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong callbacks = new AtomicLong();
    private @Nullable DelayMonitor delays;
    /** Written with a plain store, because it is written several times in each iteration. Another thread may see an older phase. */
    private Phase phase = Phase.NONE;

    Meter(LoopTime time) {
        this.time = time;
    }

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

    /** Returns the number of events that were handled; any thread. */
    long events() {
        return events.getOpaque();
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

    // ---- time

    /** Notes that a run begins. */
    void beginRun() {
        long now = time.clockNanos();
        running.start(now);
        busySince.setOpaque(now);
    }

    /** Notes that the run ends. */
    void endRun() {
        long now = time.clockNanos();
        recordDelay(now);
        idle.stop(now);
        running.stop(now);
    }

    /** Notes that the loop begins at {@code now} a wait in which it may sleep. */
    void beginWait(long now) {
        recordDelay(now);
        idle.start(now + WAIT_COST_NANOS);
    }

    /** Notes that the wait has ended; returns whether the loop had to wait for what it found. */
    boolean endWait(long began, long now) {
        boolean waited = now - began > WAIT_COST_NANOS;
        idle.stop(waited ? now : began + WAIT_COST_NANOS);
        busySince.setOpaque(now);
        return waited;
    }

    /** Notes that the loop has looked for events at {@code now} without waiting. */
    void looked(long now) {
        recordDelay(now);
        busySince.setOpaque(now);
    }

    private void recordDelay(long now) {
        if (delays != null) {
            delays = DelayMonitor.add(delays, now - busySince.getPlain());
        }
    }

    /** Records from now on how long the loop is busy between two waits. */
    public DelayMonitor monitorDelay() {
        DelayMonitor monitor = new DelayMonitor(delays);
        delays = monitor;
        return monitor;
    }

    /** Returns whether the loop sleeps now; any thread. */
    public boolean isIdle() {
        return idle.isRunning();
    }

    /** Returns how long the loop has been busy since it last looked for events; meaningless while it sleeps; any thread. */
    public long busyNanos() {
        return Math.max(0, time.clockNanos() - busySince.getOpaque());
    }

    /** Returns the counts; any thread. */
    public <R> R read(Reader<R> reader) {
        long now = time.clockNanos();
        long idleNanos = idle.nanos(now);
        return reader.read(
                iterations.getOpaque(),
                events.getOpaque(),
                eventsWaiting.getOpaque(),
                callbacks(),
                idleNanos,
                Math.max(0, running.nanos(now) - idleNanos));
    }

    private static void add(AtomicLong count, long more) {
        count.setOpaque(count.getPlain() + more);
    }
}
