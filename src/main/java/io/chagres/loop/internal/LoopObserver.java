package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/**
 * A listener for the callbacks of the loops that are made while it is installed. Loops that exist already do not have it: their {@link
 * Callbacks} has no trace of an observer.
 */
public interface LoopObserver {

    /**
     * Returns a name for a callback that is about to run, on the loop thread.
     *
     * @param callback a {@link Watcher}, {@link TimerEntry}, {@link PhaseEntry}, {@link Task}, {@link Resident} that closes, or Runnable
     */
    String nameOf(Object callback);

    /**
     * Called when a callback and its ticks have returned, on the loop thread.
     *
     * @param startNanos when the callback began, in nanoseconds of {@link System#nanoTime()}
     */
    void ran(String name, long startNanos, long durationNanos);

    /** Installs {@code observer} in place of the earlier one; null for none. */
    static void install(@Nullable LoopObserver observer) {
        Callbacks.observer = observer;
    }
}
