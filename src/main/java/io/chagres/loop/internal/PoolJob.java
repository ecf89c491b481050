package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/** A job of a {@link WorkerPool}, and at the same time its link in a queue of the pool. */
public final class PoolJob {

    final @Nullable LoopCore owner;
    final boolean slow;

    /** The queue in which the job waits; null if it does not wait. This field and the links are guarded by the pool. */
    @Nullable
    JobQueue queue;

    @Nullable
    PoolJob ahead;

    @Nullable
    PoolJob behind;

    private final WorkerPool pool;
    private final Runnable action;

    PoolJob(WorkerPool pool, Runnable action, @Nullable LoopCore owner, boolean slow) {
        this.pool = pool;
        this.action = action;
        this.owner = owner;
        this.slow = slow;
    }

    /**
     * Takes the job out of its queue, so that its place is free for another job, and the pool refers to it no more. If a thread has taken
     * the job already, it does nothing; any thread.
     */
    public void withdraw() {
        pool.withdraw(this);
    }

    /** Runs the job. Its thread survives whatever the job throws. */
    void run() {
        try {
            action.run();
        } catch (Throwable thrown) {
            Failures.reportUncaught(thrown);
        }
        Thread.interrupted(); // an interrupt that the job did not notice must not reach the next one
    }
}
