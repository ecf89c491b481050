package io.chagres.loop.internal;

import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;

/**
 * The threads that do what would block a loop: one pool for all loops of the process, made at first use. It has up to four
 * threads unless the system property {@code io.chagres.workers} says otherwise. They are daemons, and end after
 * {@value #IDLE_SECONDS} idle seconds.
 *
 * <p>Slow work (a lookup may wait half a minute for a name server) gets at most half of the threads, so that it can't hold up
 * the rest.
 *
 * <p>A job is either accepted or refused by a throw. It is refused only if there is no thread and none can be made; a job
 * that was accepted runs, as it waits for threads that exist. A thread that could not be made is tried for again with each
 * job that is submitted or begun. Handing a job on inside the pool needs no memory: its place in the queue is in the job.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/threadpool.html">Thread pool work scheduling</a>
 */
public final class WorkerPool {

    private static final int DEFAULT_THREADS = 4;
    private static final int MAX_THREADS = 1024;
    private static final int IDLE_SECONDS = 10;
    private static final long IDLE_NANOS = IDLE_SECONDS * 1_000_000_000L;

    private static WorkerPool shared;

    private final ThreadFactory factory;
    private final int slowLimit;
    private final Worker[] workers;
    // All that follows is guarded by this object.
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

    /** The pool of this process. Not a holder class: one whose initialization fails once fails for ever. */
    public static synchronized WorkerPool shared() {
        if (shared == null) {
            shared = new WorkerPool(
                    Math.clamp(Integer.getInteger("io.chagres.workers", DEFAULT_THREADS), 1, MAX_THREADS));
        }
        return shared;
    }

    /** How many threads it may have. */
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

    /** As {@link #execute}, for a job that mostly waits: such jobs get at most half of the threads. */
    public void executeSlow(Runnable job) {
        submit(new Job(job, null, true));
    }

    /**
     * As {@link #execute} or {@link #executeSlow}, on behalf of a loop.
     *
     * @param owner the loop that waits for the job: what the job calls must not wait for the loop
     */
    public void execute(LoopCore owner, boolean slow, Runnable job) {
        submit(new Job(job, owner, slow));
    }

    private synchronized void submit(Job job) {
        if (job.slow && slowAdmitted == slowLimit) {
            slowWaiting.add(job); // the admitted ones have threads, or wait for some that exist
            return;
        }
        Throwable noThread = idle <= ready.size ? startThread() : null;
        if (threads == 0) {
            throw Failures.<RuntimeException>asIs(noThread);
        }
        slowAdmitted += job.slow ? 1 : 0;
        ready.add(job);
        notify();
    }

    /** Starts one more thread if it may; what hindered it, or null. Before anything is queued for it. */
    private Throwable startThread() {
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
     * Gives {@code worker} its next job; false if the thread has been idle for long and ends. While it waits, no variable of the
     * thread refers to the job that it has done, and so to a loop or a socket.
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
            // one that could not be made when its job came; if it still can't, this thread does that job too
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

    /** Waits, not for ever; whether there is a job. */
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

    /** An interrupt is of a job that is over by now: no reason to end. */
    private void waitMillis(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException ofAJob) {
            // The caller looks at the time.
        }
    }

    /** Whether a thread of the process's pool that is busy for {@code owner} meets {@code condition}. */
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

    /** Returns how many of the threads are busy and how many jobs wait for one. */
    @Override
    public synchronized String toString() {
        return "WorkerPool (" + (threads - idle) + " of " + size() + " threads busy, " + (ready.size + slowWaiting.size)
                + " jobs wait)";
    }

    /** A thread of the pool. */
    private final class Worker implements Runnable {

        private final int place;
        private Thread thread;
        /** What it is doing. Only its own thread writes it, with the pool's lock, which other threads need to read it. */
        private Job job;

        Worker(int place) {
            this.place = place;
        }

        @Override
        public void run() {
            while (next(this)) {
                job.run();
            }
        }
    }

    /** A job, and at the same time its place in a queue. */
    private static final class Job {

        private final Runnable action;
        private final LoopCore owner;
        private final boolean slow;
        private Job behind;

        Job(Runnable action, LoopCore owner, boolean slow) {
            this.action = action;
            this.owner = owner;
            this.slow = slow;
        }

        /** Whatever it throws: its thread goes on. */
        void run() {
            Thread thread = Thread.currentThread();
            try {
                action.run();
            } catch (Throwable thrown) {
                report(thread, thrown);
            }
            Thread.interrupted(); // an interrupt that the job did not notice must not reach the next one
        }

        private static void report(Thread thread, Throwable thrown) {
            try {
                thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
            } catch (Throwable ignored) {
                // As the JVM ignores what such a handler throws.
            }
        }
    }

    /** First in, first out. */
    private static final class JobQueue {

        private Job first;
        private Job last;
        int size;

        boolean isEmpty() {
            return first == null;
        }

        void add(Job job) {
            if (first == null) {
                first = job;
            } else {
                last.behind = job;
            }
            last = job;
            size++;
        }

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
