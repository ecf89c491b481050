package io.chagres.framing;

import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.TimerEntry;

/**
 * The time limit of a frame, from its first bytes to its last. A frame that is complete only forgets the time of its begin. The timer looks
 * when it fires, so that frames that are cut by the borders of chunks cost no timer each. It never keeps the loop alive.
 */
final class FrameTimeout extends TimerEntry {

    private static final long NANOS_PER_MICRO = 1000;

    private final LoopCore core;
    private final Runnable onExpiry;
    private long limitNanos;
    private long begin;
    private boolean isInFrame;

    FrameTimeout(LoopCore core, Runnable onExpiry) {
        this.core = core;
        this.onExpiry = onExpiry;
    }

    /** Sets the limit; 0 for none. It counts for the frame that has begun, too. */
    void limit(long nanos) {
        limitNanos = nanos;
        core.timers().stop(this);
        if (isInFrame) {
            again();
        }
    }

    long limitNanos() {
        return limitNanos;
    }

    /** The first bytes of a frame have arrived. */
    void begin() {
        isInFrame = true;
        if (limitNanos > 0) {
            begin = core.time().clockNanos();
            if (!isStarted()) {
                await(limitNanos);
            }
        }
    }

    /** The frame is complete, or given back. */
    void end() {
        isInFrame = false;
    }

    void stop() {
        isInFrame = false;
        core.timers().stop(this);
    }

    /** Begins again. */
    void again() {
        begin = core.time().clockNanos();
        await(limitNanos);
    }

    private void await(long nanos) {
        if (nanos > 0) {
            core.timers().start(this, Math.ceilDiv(nanos, NANOS_PER_MICRO));
        }
    }

    @Override
    protected void fire() {
        if (isInFrame) {
            long left = limitNanos - Math.max(0, core.time().nowNanos() - begin);
            if (left > 0) {
                await(left);
            } else {
                onExpiry.run();
            }
        }
    }
}
