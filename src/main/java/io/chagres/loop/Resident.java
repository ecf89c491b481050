package io.chagres.loop;

/**
 * Something that lives on a loop from its birth until its close callback has run: every handle is one.
 *
 * <p>The loop keeps a list of its residents for two purposes only: {@link Loop#close()} ends those that are still
 * open, and {@link Loop#closeStrictly()} names them. {@code toString} is what it names them by.
 */
public abstract class Resident extends Linked {

    /** The place in the {@link ClosingList}. */
    Resident closedBefore;

    boolean closing;

    /** For handles, in their own package and in users'. */
    protected Resident() {}

    /** Ends it: {@link #finishClose} follows from the closing phase. Has no effect where it is closing already. */
    public abstract void close();

    /** The last act, in the closing phase, after {@link LoopCore#closing} was told. */
    protected abstract void finishClose();

    /** Returns kind and state in one line. Any thread may call it; it never throws. */
    @Override
    public abstract String toString();
}
