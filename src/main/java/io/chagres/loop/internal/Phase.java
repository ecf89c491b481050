package io.chagres.loop.internal;

import java.util.Locale;

/** A phase of an iteration, in the order of an iteration. */
public enum Phase {
    /** Not in an iteration: before {@link io.chagres.loop.Loop#run()}, between its iterations, or after it. */
    NONE,
    /** The completions that are known already. */
    PENDING,
    /** The idle handles. */
    IDLE,
    /** The prepare handles. */
    PREPARE,
    /** The wait, and the callbacks of what is ready. */
    POLL,
    /** The check handles. */
    CHECK,
    /** The close callbacks. */
    CLOSING,
    /** The due timers. */
    TIMERS;

    /** Returns the name as the package description of the loop has it, such as {@code poll}; empty for NONE. */
    @Override
    public String toString() {
        return this == NONE ? "" : name().toLowerCase(Locale.ROOT);
    }
}
