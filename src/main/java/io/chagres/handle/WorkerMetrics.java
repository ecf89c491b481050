package io.chagres.handle;

/**
 * The state of the worker threads, which all loops of the process share. {@link Work#metrics()} returns it. Jobs that wait while no
 * further thread may be made mean that the pool is too small for its jobs: see the system property {@code io.chagres.workers}.
 *
 * @param threads the number of threads; idle ones end after 10 seconds
 * @param maxThreads the maximum number of threads: 4, or the system property {@code io.chagres.workers}
 * @param busyThreads the number of threads that run a job
 * @param waitingJobs the number of jobs that wait for a thread, {@code waitingSlowJobs} included
 * @param waitingSlowJobs the number of slow jobs, such as lookups, that wait since half of the threads run slow jobs already
 */
public record WorkerMetrics(int threads, int maxThreads, int busyThreads, int waitingJobs, int waitingSlowJobs) {}
