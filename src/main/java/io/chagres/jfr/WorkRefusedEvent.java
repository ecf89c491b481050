package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A job that a worker pool has refused. */
@Name("io.chagres.WorkRefused")
@Label("Work Refused")
@Description("A job that did not run, because the queue of its worker pool was full")
@Category({"Chagres", "Worker Pool"})
@StackTrace(false)
final class WorkRefusedEvent extends Event {

    @Label("Job")
    @Description("The class of the job")
    @Nullable
    String job;

    @Label("Pool")
    @Description("The pool that has refused the job: workers or lookups")
    @Nullable
    String pool;

    @Label("Pool Size")
    @Description("The maximum number of threads of the pool")
    int poolSize;

    @Label("Maximum of Jobs Waiting")
    @Description("The number of jobs that wait, which is the maximum")
    int maxJobsWaiting;

    static void record(String job, String pool, int poolSize, int maxJobsWaiting) {
        WorkRefusedEvent event = new WorkRefusedEvent();
        event.job = job;
        event.pool = pool;
        event.poolSize = poolSize;
        event.maxJobsWaiting = maxJobsWaiting;
        event.commit();
    }
}
