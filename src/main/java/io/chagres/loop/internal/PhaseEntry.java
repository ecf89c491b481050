package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/** An entry of a {@link PhaseList}. An idle, prepare or check handle has one, which is in the list while the handle is started. */
public abstract class PhaseEntry {

    @Nullable
    PhaseEntry previous;

    @Nullable
    PhaseEntry next;

    /** For handles. */
    protected PhaseEntry() {}

    /** Runs once in each iteration, in the phase of the list that it was added to. */
    protected abstract void run();
}
