package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A job of a worker pool. The duration is its run time. */
@Name("io.chagres.Work")
@Label("Work")
@Description("A job that has run on a thread of a worker pool. The duration is the time that it has run.")
@Category({"Chagres", "Worker Pool"})
@StackTrace(false)
final class WorkEvent extends Event {

    @Label("Job")
    @Description("The class of the job")
    @Nullable
    String job;

    @Label("Pool")
    @Description("The pool whose thread has run the job: workers or lookups")
    @Nullable
    String pool;

    @Label("Slow")
    @Description("Whether the job may use only half of the threads")
    boolean slow;

    @Label("Queue Time")
    @Description("The time that the job has waited for a thread")
    @Timespan
    long queueTime;

    @Label("Pool Size")
    @Description("The maximum number of threads of the pool")
    int poolSize;

    @Label("Jobs Waiting")
    @Description("The jobs that waited for a thread when this one began")
    int jobsWaiting;

    /** Begins an event; null if no recording wants it. */
    static @Nullable WorkEvent start() {
        WorkEvent event = new WorkEvent();
        if (!event.isEnabled()) {
            return null;
        }
        event.begin();
        return event;
    }
}
