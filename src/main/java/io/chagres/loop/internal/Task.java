package io.chagres.loop.internal;

/**
 * A message to a loop from another thread, and at the same time its place in the {@link Mailbox}: who sends the same
 * task again and again allocates nothing. A task may be posted again only after it ran.
 */
public abstract class Task {

    /** Guarded by the mailbox: written before the task is published, read after it was taken. */
    Task next;

    /** For handles. */
    protected Task() {}

    /** Runs on the loop thread, in the poll phase. */
    protected abstract void run();
}
