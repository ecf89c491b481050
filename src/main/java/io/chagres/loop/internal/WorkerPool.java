package io.chagres.loop.internal;

import io.chagres.ChagresException;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run jobs which would block a loop. A process has two pools, which all loops share. Each is made at its first use:
 *
 * <table>
 *   <caption>Pools</caption>
 *   <tr><th>pool</th><th>jobs</th><th>maximum number of threads</th><th>maximum number of jobs that wait</th></tr>
 *   <tr><td>{@link #shared()}</td><td>Work</td><td>{@code io.chagres.workers}: 4</td>
 *       <td>{@code io.chagres.workers.queue}: 100,000</td></tr>
 *   <tr><td>{@link #lookups()}</td><td>lookups</td><td>{@code io.chagres.lookups}: 4</td>
 *       <td>{@code io.chagres.lookups.queue}: 10,000</td></tr>
 * </table>
 *
 * <p>Lookups have threads of their own because a lookup may wait half a minute for a name server, and a job of Work for anything. Neither
 * delays the other. The threads are daemons, and end after {@value #IDLE_SECONDS} idle seconds.
 *
 * <p>Slow jobs get at most half of the threads of a pool, so that they do not delay the others. libuv treats its lookups as such.
 *
 * <p>A job is accepted, or refused, or the call throws. It is refused if the queue is full, and the call throws only if there is no
 * thread and none can be made. A job that was accepted runs, because it waits for threads that exist. If a thread could not be made, the
 * pool tries again with each job that is submitted or begun. To move a job inside the pool needs no memory, because the links of the
 * queue are fields of the job.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/threadpool.html">Thread pool work scheduling</a>
 */
public final class WorkerPool {

    /** The code of the error of a job that was refused because the queue is full. */
    public static final String QUEUE_FULL = "ERR_WORK_QUEUE_FULL";

    private static final String WORKERS = "io.chagres.workers";
    private static final String LOOKUPS = "io.chagres.lookups";
    private static final int DEFAULT_THREADS = 4;
    private static final int MAX_THREADS = 1024;
    /** A waiting job takes some 300 bytes, and what it refers to. */
    private static final int DEFAULT_WAITING_JOBS = 100_000;

    private static final int DEFAULT_WAITING_LOOKUPS = 10_000;
    private static final int IDLE_SECONDS = 10;
    private static final long IDLE_NANOS = IDLE_SECONDS * 1_000_000_000L;

    private static @Nullable WorkerPool shared;
    private static @Nullable WorkerPool lookups;

    private final String property;
    private final int maxWaiting;
    private final ThreadFactory factory;
    private final int slowLimit;
    private final @Nullable Worker[] workers;
    // the fields below are guarded by this object
    private final JobQueue ready = new JobQueue();
    /** Slow jobs beyond the limit. */
    private final JobQueue slowWaiting = new JobQueue();

    private int slowAdmitted;
    private int threads;
    private int idle;
    private int running;
    private int started;
    private long refused;

    WorkerPool(int size) {
        this(size, WorkerPool::newThread);
    }

    WorkerPool(int size, int maxWaiting) {
        this(WORKERS, size, maxWaiting, WorkerPool::newThread);
    }

    /** @param factory makes threads that are not started */
    WorkerPool(int size, ThreadFactory factory) {
        this(WORKERS, size, DEFAULT_WAITING_JOBS, factory);
    }

    WorkerPool(String property, int size, int maxWaiting, ThreadFactory factory) {
        this.property = property;
        this.maxWaiting = maxWaiting;
        this.factory = factory;
        workers = new Worker[size];
        slowLimit = (size + 1) / 2;
    }

    private static WorkerPool byProperties(String property, int defaultWaiting) {
        int size = Math.clamp(Integer.getInteger(property, DEFAULT_THREADS), 1, MAX_THREADS);
        int maxWaiting = Math.max(Integer.getInteger(property + ".queue", defaultWaiting), 0);
        return new WorkerPool(property, size, maxWaiting, WorkerPool::newThread);
    }

    private static Thread newThread(Runnable worker) {
        return Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(worker);
    }

    /** Returns the pool for Work. Not a holder class: if its initialization failed once, each later use would fail. */
    public static synchronized WorkerPool shared() {
        if (shared == null) {
            shared = byProperties(WORKERS, DEFAULT_WAITING_JOBS);
        }
        return shared;
    }

    /** Returns the pool for lookups. */
    public static synchronized WorkerPool lookups() {
        if (lookups == null) {
            lookups = byProperties(LOOKUPS, DEFAULT_WAITING_LOOKUPS);
        }
        return lookups;
    }

    /** Returns how many jobs wait for a thread; any thread. */
    public synchronized int waiting() {
        return ready.size() + slowWaiting.size();
    }

    /** Returns the maximum number of threads. */
    public int size() {
        return workers.length;
    }

    /** Returns the maximum number of jobs that wait. */
    public int maxWaiting() {
        return maxWaiting;
    }

    /** Returns the name of the pool, as in the names of its properties and threads: "workers" or "lookups". */
    public String name() {
        return property.substring(property.lastIndexOf('.') + 1);
    }

    /**
     * Runs {@code job} on a worker thread, in order of submission as far as threads are free. The job must not throw.
     *
     * @return the job; null if the queue is full: the job will not run then
     * @throws Error (OutOfMemoryError, "unable to create native thread") if there is no thread; the job will not run
     */
    @Nullable
    PoolJob execute(Runnable job) {
        return submit(new PoolJob(this, job, null, false));
    }

    /** Runs {@code job} like {@link #execute}, for a job that usually waits: such jobs get at most half of the threads. */
    @Nullable
    PoolJob executeSlow(Runnable job) {
        return submit(new PoolJob(this, job, null, true));
    }

    /**
     * Runs {@code job} like {@link #execute} or {@link #executeSlow}, for a loop.
     *
     * @param owner the loop that waits for the job: calls that the job makes must not wait for the loop, see {@link #isServedBy}
     */
    public @Nullable PoolJob execute(LoopCore owner, boolean slow, Runnable job) {
        return submit(new PoolJob(this, job, owner, slow));
    }

    private synchronized @Nullable PoolJob submit(PoolJob job) {
        boolean mustWait = job.slow && slowAdmitted == slowLimit;
        if (isFull(mustWait)) {
            refused++;
            return null;
        }
        if (mustWait) {
            slowWaiting.add(job); // the admitted jobs have threads, or wait for threads that exist
            return job;
        }
        Throwable noThread = idle <= ready.size() ? startThread() : null;
        if (noThread != null && threads == 0) {
            throw Failures.<RuntimeException>asIs(noThread);
        }
        slowAdmitted += job.slow ? 1 : 0;
        ready.add(job);
        notify();
        return job;
    }

    /** Returns whether one of the queues has no place. Each has a limit of its own, so that slow jobs take no place of the others. */
    private boolean isFull(boolean ofSlowJobs) {
        if (ofSlowJobs) {
            return slowWaiting.size() >= maxWaiting;
        }
        // a job does not wait if there is a thread for it that has not taken it yet
        return (long) ready.size() + running >= (long) maxWaiting + workers.length;
    }

    /** Returns the error of a job that was refused. Its text names the limit and the property that sets it. */
    public ChagresException refusal() {
        return new ChagresException(
                QUEUE_FULL,
                "the queue of the " + name() + " is full: " + maxWaiting + " jobs wait (" + property + ".queue)");
    }

    /** Takes {@code job} out of its queue, if it waits. */
    synchronized void withdraw(PoolJob job) {
        JobQueue queue = job.queue;
        if (queue != null) {
            queue.remove(job);
            if (job.slow && queue == ready) {
                admitNextSlow();
            }
        }
    }

    /** Starts one more thread if the limit allows it, before a job is queued for it. Returns the failure, or null. */
    private @Nullable Throwable startThread() {
        if (threads == workers.length) {
            return null;
        }
        try {
            Worker worker = new Worker(freePlace());
            worker.thread = factory.newThread(worker);
            worker.thread.setName(threadName(++started));
            worker.thread.start();
            workers[worker.place] = worker;
            threads++;
            return null;
        } catch (Throwable noThread) {
            return noThread;
        }
    }

    /** Returns {@code "chagres-worker-1"} or {@code "chagres-lookup-1"}. */
    private String threadName(int number) {
        String name = name();
        return "chagres-" + name.substring(0, name.length() - 1) + "-" + number;
    }

    private int freePlace() {
        int place = 0;
        while (workers[place] != null) {
            place++;
        }
        return place;
    }

    /**
     * Gives {@code worker} its next job; returns false if the thread was idle for long and must end. While the thread waits, none of its
     * variables refers to the last job, which could keep a loop or a socket from being collected.
     */
    private synchronized boolean next(Worker worker) {
        finish(worker);
        if (!awaitJob()) {
            workers[worker.place] = null;
            threads--;
            return false;
        }
        worker.job = ready.poll();
        running++;
        if (ready.size() > idle) {
            // a thread could not be made when its job was submitted; if that fails again, this thread runs the job
            // later
            startThread();
        }
        return true;
    }

    /** Forgets the job that {@code worker} has run: a method of its own, since a variable of {@link #next} would keep it during the wait. */
    private void finish(Worker worker) {
        PoolJob done = worker.job;
        worker.job = null;
        if (done != null) {
            running--;
            if (done.slow) {
                admitNextSlow();
            }
        }
    }

    private void admitNextSlow() {
        PoolJob next = slowWaiting.poll();
        if (next == null) {
            slowAdmitted--;
        } else {
            ready.add(next);
        }
    }

    /** Waits for a job, up to the idle limit; returns whether there is one. */
    private boolean awaitJob() {
        long end = System.nanoTime() + IDLE_NANOS;
        idle++;
        try {
            for (long left = IDLE_NANOS; ready.isEmpty() && left > 0; left = end - System.nanoTime()) {
                waitMillis(left / 1_000_000 + 1);
            }
        } finally {
            idle--;
        }
        return !ready.isEmpty();
    }

    /** Waits. An interrupt was meant for a job that has finished, so it does not end the thread. */
    private void waitMillis(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException ofAJob) {
            // the caller checks the time
        }
    }

    /** Returns whether a thread of one of the two pools that runs a job for {@code owner} meets {@code condition}. */
    public static boolean isServedBy(LoopCore owner, Predicate<Thread> condition) {
        WorkerPool ofWork;
        WorkerPool ofLookups;
        synchronized (WorkerPool.class) {
            ofWork = shared;
            ofLookups = lookups;
        }
        return ofWork != null && ofWork.isBusyFor(owner, condition)
                || ofLookups != null && ofLookups.isBusyFor(owner, condition);
    }

    private synchronized boolean isBusyFor(LoopCore owner, Predicate<Thread> condition) {
        for (Worker worker : workers) {
            if (worker != null && worker.job != null && worker.job.owner == owner && condition.test(worker.thread)) {
                return true;
            }
        }
        return false;
    }

    /** Receives the counts. */
    public interface Reader<R> {
        /** Makes a result of the counts, in the order of {@link io.chagres.handle.WorkerMetrics}. */
        R read(
                int threads,
                int maxThreads,
                int busyThreads,
                int waitingJobs,
                int waitingSlowJobs,
                int maxWaitingJobs,
                long refusedJobs);
    }

    /** Returns the counts of this moment; any thread. */
    public synchronized <R> R read(Reader<R> reader) {
        return reader.read(threads, size(), running, waiting(), slowWaiting.size(), maxWaiting, refused);
    }

    /** Returns the state of both pools, a line for each, also before their first use. */
    static String summary() {
        WorkerPool ofWork;
        WorkerPool ofLookups;
        synchronized (WorkerPool.class) {
            ofWork = shared;
            ofLookups = lookups;
        }
        return (ofWork == null ? "WorkerPool (workers, not used yet)" : ofWork) + "\n"
                + (ofLookups == null ? "WorkerPool (lookups, not used yet)" : ofLookups);
    }

    /** Returns how many of the threads are busy, how many jobs wait for one, and how many were refused. */
    @Override
    public synchronized String toString() {
        return "WorkerPool (" + name() + ", " + running + " of " + size() + " threads busy, " + waiting() + " of "
                + maxWaiting + " jobs wait, " + refused + " refused)";
    }

    /** A thread of the pool. */
    private final class Worker implements Runnable {

        private final int place;

        @SuppressWarnings("NullAway.Init") // set before the thread starts
        private Thread thread;
        /** The current job, or null. Written by the worker's thread only, with the lock of the pool, with which other threads read it. */
        private @Nullable PoolJob job;

        Worker(int place) {
            this.place = place;
        }

        @Override
        public void run() {
            while (next(this)) {
                Objects.requireNonNull(job).run();
            }
        }
    }
}
