package io.chagres.loop.internal;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * An object that lives on a loop until its close callback has run: a handle, a job, the anchor of a LoopThread.
 *
 * <p>The loop keeps a list of its {@link Residents} for two purposes only: {@link io.chagres.loop.Loop#close()} ends those that are
 * still open, and {@link io.chagres.loop.Loop#closeStrictly()} names them with {@code toString}.
 */
public abstract class Resident {

    final LoopCore core;

    /** The neighbours in the {@link Residents}. */
    @Nullable
    Resident previous;

    @Nullable
    Resident next;

    /** The next resident in the {@link ClosingList}. */
    @Nullable
    Resident closedBefore;

    /** True once this resident was queued for the closing phase. */
    boolean closing;

    /** Makes a resident that is not in the list yet: {@link Residents#add} follows once it is complete. */
    protected Resident(LoopCore core) {
        this.core = core;
    }

    /** Ends this resident. If it is closing already, this is a no-op. */
    public abstract void close();

    /** Takes this resident off the list. Called in the closing phase, after {@link ClosingList#add}; a handle calls back then. */
    protected void finishClose() {
        core.residents().remove(this);
    }

    /** Returns whether this resident keeps the loop alive, for a dump; any thread. It must not throw. */
    protected boolean holdsLoop() {
        return false;
    }

    /**
     * Adds what a dump shows beside {@link #toString}: what this resident waits for, and for whom. Any thread may call it, so it must
     * change nothing, and must make system calls on the loop thread only.
     */
    protected void explain(StringJoiner details) {}

    /** Returns kind and state in one line. Any thread may call it; it never throws. */
    @Override
    public abstract String toString();
}
