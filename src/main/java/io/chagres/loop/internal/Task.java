package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/**
 * A message to a loop from another thread, and at the same time its place in the {@link Mailbox}: a sender that sends the same
 * task again and again allocates nothing. A task may be posted again only after it has run.
 */
public abstract class Task {

    /** Guarded by the mailbox: written before the task is published, read after it was taken. */
    @Nullable
    Task next;

    /** For handles. */
    protected Task() {}

    /** Returns a task that runs {@code action}. */
    public static Task of(Runnable action) {
        return new Task() {
            @Override
            protected void run() {
                action.run();
            }
        };
    }

    /** Runs on the loop thread, in the poll phase. */
    protected abstract void run();
}
