package io.chagres.handle;

/**
 * The state of threads that run jobs, which all loops of the process share. {@link Work#metrics()} returns that of the worker threads,
 * {@link io.chagres.address.Lookup#metrics()} that of the threads for lookups. Jobs that wait while no further thread may be made mean
 * that there are too few threads for the jobs: see the system properties {@code io.chagres.workers} and {@code io.chagres.lookups}.
 *
 * <pre>{@code
 * WorkerMetrics lookups = Lookup.metrics();
 * if (lookups.waitingJobs() > 0) {
 *     System.err.println(lookups.waitingJobs() + " lookups wait: does the name server answer?");
 * }
 * }</pre>
 *
 * @param threads the number of threads; idle ones end after 10 seconds
 * @param maxThreads the maximum number of threads: 4, or the system property
 * @param busyThreads the number of threads that run a job
 * @param waitingJobs the number of jobs that wait for a thread, {@code waitingSlowJobs} included
 * @param waitingSlowJobs the number of slow jobs that wait since half of the threads run slow jobs already; 0 for lookups
 * @param maxWaitingJobs the maximum number of jobs that wait, and of slow jobs that wait: 100,000 or, for lookups, 10,000, or the system
 *     property {@code io.chagres.workers.queue} or {@code io.chagres.lookups.queue}
 * @param refusedJobs the number of jobs that were refused since the start of the process, because that maximum was reached
 */
public record WorkerMetrics(
        int threads,
        int maxThreads,
        int busyThreads,
        int waitingJobs,
        int waitingSlowJobs,
        int maxWaitingJobs,
        long refusedJobs) {}
