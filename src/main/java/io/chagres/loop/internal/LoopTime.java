package io.chagres.loop.internal;

import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/** The time of a loop in nanoseconds since the loop was made: the cached time of the current phase, and the clock itself. */
public final class LoopTime {

    private final LongSupplier clock;
    private final LongUnaryOperator sleep;
    private final long origin;
    private long nowNanos;

    LoopTime(LongSupplier clock, LongUnaryOperator sleep) {
        this.clock = clock;
        this.sleep = sleep;
        origin = clock.getAsLong();
    }

    /** Returns the cached time. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Reads the clock, which costs some 25 ns. The cached time stays as it is. */
    public long clockNanos() {
        return clock.getAsLong() - origin;
    }

    /** Sets the cached time to that of the clock. */
    public void update() {
        nowNanos = clockNanos();
    }

    /** Returns how long to wait in the kernel if nothing else is due for {@code nanos}. */
    long realSleep(long nanos) {
        return sleep.applyAsLong(nanos);
    }

    @Override
    public String toString() {
        return "LoopTime (" + nowNanos + " ns)";
    }
}
