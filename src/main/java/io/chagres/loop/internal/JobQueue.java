package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/** The jobs of a {@link WorkerPool} that wait: first in, first out. Its links are fields of the jobs, so that moving one needs no memory. */
final class JobQueue {

    private @Nullable PoolJob first;
    private @Nullable PoolJob last;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }

    void add(PoolJob job) {
        PoolJob ahead = last;
        if (ahead == null) {
            first = job;
        } else {
            ahead.behind = job;
        }
        job.ahead = ahead;
        job.queue = this;
        last = job;
        size++;
    }

    @Nullable
    PoolJob poll() {
        PoolJob job = first;
        if (job != null) {
            remove(job);
        }
        return job;
    }

    /** Removes {@code job}, which is in this queue. */
    void remove(PoolJob job) {
        PoolJob ahead = job.ahead;
        PoolJob behind = job.behind;
        if (ahead == null) {
            first = behind;
        } else {
            ahead.behind = behind;
        }
        if (behind == null) {
            last = ahead;
        } else {
            behind.ahead = ahead;
        }
        job.ahead = null;
        job.behind = null;
        job.queue = null;
        size--;
    }
}
