package io.chagres.loop.internal;

/** A place in a {@link PhaseList}: what an idle, prepare or check handle puts there while it is started. */
public abstract class PhaseEntry {

    PhaseEntry previous;
    PhaseEntry next;

    /** For handles. */
    protected PhaseEntry() {}

    /** Runs once in each iteration, in the phase of the list that it was added to. */
    protected abstract void run();
}
