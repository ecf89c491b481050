package io.chagres.loop.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A sum of spans of time. The loop thread starts and stops it. Any thread reads it, and the current span counts up to then.
 *
 * <p>Sum and state are one number, so that a reader never sees one without the other. The lowest bit is set while a span runs, and the
 * rest is the sum then, less the start of the span.
 */
final class Stopwatch {

    private static final long RUNNING = 1;

    private final AtomicLong state = new AtomicLong();

    /** Begins a span. If one runs, because an Error has kept it from ending, this is a no-op. */
    void start(long nowNanos) {
        long before = state.getPlain();
        if ((before & RUNNING) == 0) {
            state.setOpaque((before - (nowNanos << 1)) | RUNNING);
        }
    }

    /** Ends the span. If none runs, this is a no-op. */
    void stop(long nowNanos) {
        long before = state.getPlain();
        if ((before & RUNNING) != 0) {
            state.setOpaque((before & ~RUNNING) + (nowNanos << 1));
        }
    }

    /** Returns whether a span runs; any thread. */
    boolean isRunning() {
        return (state.getOpaque() & RUNNING) != 0;
    }

    /** Returns the sum in nanoseconds, 0 or more; any thread. */
    long nanos(long nowNanos) {
        long seen = state.getOpaque();
        return Math.max(0, (seen & RUNNING) == 0 ? seen >> 1 : (seen >> 1) + nowNanos);
    }

    @Override
    public String toString() {
        return "Stopwatch (" + (isRunning() ? "running)" : (state.getOpaque() >> 1) + " ns)");
    }
}
