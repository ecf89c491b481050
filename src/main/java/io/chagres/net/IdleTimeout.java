package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.TimerEntry;
import java.util.function.LongSupplier;

/**
 * The idle timer of a {@link Socket}. Activity only records the time, by the clock. The timer compares it when it fires and waits for the
 * rest, so that a busy socket costs no heap operation per message. The timer never keeps the loop alive, and does not expire while the
 * kernel takes bytes of a queued write.
 *
 * <p>A look at the clock costs some 25 ns. The loop's cached time would be free but wrong: it may be older than the timeout.
 */
final class IdleTimeout extends TimerEntry {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LoopCore core;
    private final LongSupplier queueSize;
    private final Runnable onIdle;
    private long timeoutMillis;
    private long lastActivity;
    private long lastQueueSize;

    /** @param queueSize returns how many bytes wait to be written */
    IdleTimeout(LoopCore core, LongSupplier queueSize, Runnable onIdle) {
        this.core = core;
        this.queueSize = queueSize;
        this.onIdle = onIdle;
    }

    static long requireMillis(long millis, String name) {
        if (millis < 0) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"" + name + "\" is out of range. It must be a non-negative finite number. Received "
                            + millis);
        }
        return millis;
    }

    /** Starts it, or starts it again. */
    void start(long millis) {
        stop();
        timeoutMillis = millis;
        wrote(queueSize.getAsLong());
    }

    /** Records activity. An expired timeout begins again. */
    void touch() {
        if (timeoutMillis > 0) {
            lastActivity = core.time().clockNanos();
            if (!isStarted()) {
                await(timeoutNanos());
            }
        }
    }

    /** Records activity, and that {@code queued} bytes wait to be written. */
    void wrote(long queued) {
        lastQueueSize = queued;
        touch();
    }

    private long timeoutNanos() {
        return timeoutMillis > Long.MAX_VALUE / NANOS_PER_MILLI ? Long.MAX_VALUE : timeoutMillis * NANOS_PER_MILLI;
    }

    private void await(long nanos) {
        core.timers().start(this, Math.ceilDiv(nanos, 1000));
    }

    @Override
    protected void fire() {
        long left = timeoutNanos() - Math.max(0, core.time().nowNanos() - lastActivity);
        long queued = queueSize.getAsLong();
        if (left > 0) {
            await(left);
        } else if (lastQueueSize > 0 && lastQueueSize != queued) {
            wrote(queued);
        } else {
            onIdle.run();
        }
    }

    void stop() {
        timeoutMillis = 0;
        core.timers().stop(this);
    }

    /** Returns whether it has expired, and nothing has happened since. */
    boolean hasExpired() {
        return timeoutMillis > 0 && !isStarted();
    }

    /** Returns the timeout; 0 if it was stopped. */
    long millis() {
        return timeoutMillis;
    }
}
