package io.chagres.handle;

import io.chagres.jfr.Flight;
import io.chagres.loop.internal.Observation;
import io.chagres.loop.internal.WorkerPool;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A job that records its time in the queue and its run time for JDK Flight Recorder. */
record RecordedJob<T extends @Nullable Object>(Callable<? extends T> job, WorkerPool pool, boolean slow, long queuedAt)
        implements Callable<T> {

    /** Returns {@code job}, recorded if JFR runs. */
    static <T extends @Nullable Object> Callable<? extends T> of(
            Callable<? extends T> job, WorkerPool pool, boolean slow) {
        Observation.look();
        return Flight.isOn() ? new RecordedJob<T>(job, pool, slow, System.nanoTime()) : job;
    }

    /** Returns the job of the program. */
    static Callable<?> unwrapped(Callable<?> job) {
        return job instanceof RecordedJob<?> recorded ? recorded.job : job;
    }

    /** Returns the class of the program's job. */
    static String nameOf(Callable<?> job) {
        return unwrapped(job).getClass().getName();
    }

    @Override
    public T call() throws Exception {
        Object event = Flight.beginWork();
        if (event == null) {
            return job.call();
        }
        long queueNanos = System.nanoTime() - queuedAt;
        int waiting = pool.waiting();
        try {
            return job.call();
        } finally {
            Flight.endWork(event, nameOf(job), pool.name(), slow, queueNanos, pool.size(), waiting);
        }
    }
}
