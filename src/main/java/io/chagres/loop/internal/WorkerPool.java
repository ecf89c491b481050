package io.chagres.loop.internal;

import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run jobs which would block a loop: one pool for all loops of the process, made at first use. The pool has up to four
 * threads, or as many as the system property {@code io.chagres.workers} sets. The threads are daemons, and end after {@value
 * #IDLE_SECONDS} idle seconds.
 *
 * <p>Slow jobs (a lookup may wait half a minute for a name server) get at most half of the threads, so that they do not delay the others.
 *
 * <p>A job is accepted, or the call throws. It is refused only if there is no thread and none can be made. A job that was accepted runs,
 * because it waits for threads that exist. If a thread could not be made, the pool tries again with each job that is submitted or begun.
 * To move a job inside the pool needs no memory, because the link of the queue is a field of the job.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/threadpool.html">Thread pool work scheduling</a>
 */
public final class WorkerPool {

    private static final int DEFAULT_THREADS = 4;
    private static final int MAX_THREADS = 1024;
    private static final int IDLE_SECONDS = 10;
    private static final long IDLE_NANOS = IDLE_SECONDS * 1_000_000_000L;

    private static @Nullable WorkerPool shared;

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
    private int started;

    WorkerPool(int size) {
        this(size, WorkerPool::newThread);
    }

    /** @param factory makes threads that are not started */
    WorkerPool(int size, ThreadFactory factory) {
        this.factory = factory;
        workers = new Worker[size];
        slowLimit = (size + 1) / 2;
    }

    private static Thread newThread(Runnable worker) {
        return Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(worker);
    }

    /** Returns the pool of this process. Not a holder class: if its initialization failed once, each later use would fail. */
    public static synchronized WorkerPool shared() {
        if (shared == null) {
            shared = new WorkerPool(
                    Math.clamp(Integer.getInteger("io.chagres.workers", DEFAULT_THREADS), 1, MAX_THREADS));
        }
        return shared;
    }

    /** Returns how many jobs wait for a thread; any thread. */
    public synchronized int waiting() {
        return ready.size + slowWaiting.size;
    }

    /** Returns the maximum number of threads. */
    public int size() {
        return workers.length;
    }

    /**
     * Runs {@code job} on a worker thread, in order of submission as far as threads are free. The job must not throw.
     *
     * @throws Error (OutOfMemoryError, "unable to create native thread") if there is no thread; the job will not run
     */
    public void execute(Runnable job) {
        submit(new Job(job, null, false));
    }

    /** Runs {@code job} like {@link #execute}, for a job that usually waits: such jobs get at most half of the threads. */
    public void executeSlow(Runnable job) {
        submit(new Job(job, null, true));
    }

    /**
     * Runs {@code job} like {@link #execute} or {@link #executeSlow}, for a loop.
     *
     * @param owner the loop that waits for the job: calls that the job makes must not wait for the loop, see {@link #isServedBy}
     */
    public void execute(LoopCore owner, boolean slow, Runnable job) {
        submit(new Job(job, owner, slow));
    }

    private synchronized void submit(Job job) {
        if (job.slow && slowAdmitted == slowLimit) {
            slowWaiting.add(job); // the admitted jobs have threads, or wait for threads that exist
            return;
        }
        Throwable noThread = idle <= ready.size ? startThread() : null;
        if (noThread != null && threads == 0) {
            throw Failures.<RuntimeException>asIs(noThread);
        }
        slowAdmitted += job.slow ? 1 : 0;
        ready.add(job);
        notify();
    }

    /** Starts one more thread if the limit allows it, before a job is queued for it. Returns the failure, or null. */
    private @Nullable Throwable startThread() {
        if (threads == workers.length) {
            return null;
        }
        try {
            Worker worker = new Worker(freePlace());
            worker.thread = factory.newThread(worker);
            worker.thread.setName("chagres-worker-" + ++started);
            worker.thread.start();
            workers[worker.place] = worker;
            threads++;
            return null;
        } catch (Throwable noThread) {
            return noThread;
        }
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
        boolean wasSlow = worker.job != null && worker.job.slow;
        worker.job = null;
        if (wasSlow) {
            admitNextSlow();
        }
        if (!awaitJob()) {
            workers[worker.place] = null;
            threads--;
            return false;
        }
        worker.job = ready.poll();
        if (ready.size > idle) {
            // a thread could not be made when its job was submitted; if that fails again, this thread runs the job
            // later
            startThread();
        }
        return true;
    }

    private void admitNextSlow() {
        Job next = slowWaiting.poll();
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

    /** Returns whether a thread of the shared pool that runs a job for {@code owner} meets {@code condition}. */
    public static boolean isServedBy(LoopCore owner, Predicate<Thread> condition) {
        WorkerPool pool;
        synchronized (WorkerPool.class) {
            pool = shared;
        }
        return pool != null && pool.isBusyFor(owner, condition);
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
        R read(int threads, int maxThreads, int busyThreads, int waitingJobs, int waitingSlowJobs);
    }

    /** Returns the counts of this moment; any thread. */
    public synchronized <R> R read(Reader<R> reader) {
        return reader.read(threads, size(), threads - idle, ready.size + slowWaiting.size, slowWaiting.size);
    }

    /** Returns the state of the shared pool in a line, also before its first use. */
    static String summary() {
        WorkerPool pool;
        synchronized (WorkerPool.class) {
            pool = shared;
        }
        return pool == null ? "WorkerPool (not used yet)" : pool.toString();
    }

    /** Returns how many of the threads are busy and how many jobs wait for one. */
    @Override
    public synchronized String toString() {
        return "WorkerPool (" + (threads - idle) + " of " + size() + " threads busy, " + (ready.size + slowWaiting.size)
                + " jobs wait)";
    }

    /** A thread of the pool. */
    private final class Worker implements Runnable {

        private final int place;

        @SuppressWarnings("NullAway.Init") // set before the thread starts
        private Thread thread;
        /** The current job, or null. Written by the worker's thread only, with the lock of the pool, with which other threads read it. */
        private @Nullable Job job;

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

    /** A job, and at the same time its link in a queue. */
    private static final class Job {

        private final Runnable action;
        private final @Nullable LoopCore owner;
        private final boolean slow;
        private @Nullable Job behind;

        Job(Runnable action, @Nullable LoopCore owner, boolean slow) {
            this.action = action;
            this.owner = owner;
            this.slow = slow;
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

    /** First in, first out. */
    private static final class JobQueue {

        private @Nullable Job first;
        private @Nullable Job last;
        int size;

        boolean isEmpty() {
            return first == null;
        }

        void add(Job job) {
            if (last == null) {
                first = job;
            } else {
                last.behind = job;
            }
            last = job;
            size++;
        }

        @Nullable
        Job poll() {
            Job job = first;
            if (job != null) {
                first = job.behind;
                last = first == null ? null : last;
                job.behind = null;
                size--;
            }
            return job;
        }
    }
}
