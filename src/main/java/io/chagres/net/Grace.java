package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.TimerEntry;
import java.time.Duration;

/**
 * The grace period of a closed server, in which its connections can end, see {@link Server#close(Duration)}. It counts from the call, by
 * the clock. Its timer does not keep the loop alive; the connections do. It ends with the last of them.
 */
final class Grace extends TimerEntry {

    /** The number of times that it looks for connections that have become idle, so that few wait long. */
    private static final int LOOKS = 20;

    private static final long MIN_LOOK_NANOS = 1_000_000;
    private static final long MAX_LOOK_NANOS = 1_000_000_000;

    private final LoopCore core;
    private final ServerConnections connections;
    private final long begin;
    private final long nanos;
    private final long lookNanos;

    Grace(LoopCore core, ServerConnections connections, Duration time) {
        this.core = core;
        this.connections = connections;
        begin = core.time().clockNanos();
        nanos = time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? time.toNanos() : Long.MAX_VALUE;
        lookNanos = Math.clamp(nanos / LOOKS, MIN_LOOK_NANOS, MAX_LOOK_NANOS);
    }

    static void require(Duration time) {
        if (UsageException.requireArgument(time, "grace").isNegative()) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE", "The value of \"grace\" is out of range. It must be >= 0. Received " + time);
        }
    }

    /** Ends idle connections; after the period, destroys all. This may lead to {@link #end}. */
    void look() {
        long left = nanos - (core.time().clockNanos() - begin);
        if (left <= 0) {
            connections.destroyAll();
            return;
        }
        core.timers().startByClock(this, Math.ceilDiv(Math.min(lookNanos, left), 1000));
        connections.endIdle();
    }

    @Override
    protected void fire() {
        look();
    }

    void end() {
        core.timers().stop(this);
    }
}
