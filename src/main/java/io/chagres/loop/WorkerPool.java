package io.chagres.loop;

import java.util.ArrayDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that do what would block a loop: one pool for all loops of the process, made at first use. It has four
 * threads unless the system property {@code io.chagres.workers} says otherwise; they are daemons, and go after
 * {@value #IDLE_SECONDS} idle seconds.
 *
 * <p>Slow work (a lookup may wait half a minute for a name server) gets at most half of the threads, so that it can't hold up
 * the rest.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/threadpool.html">Thread pool work scheduling</a>
 */
public final class WorkerPool {

    private static final int DEFAULT_THREADS = 4;
    private static final int MOST_THREADS = 1024;
    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads;
    private final int slowLimit;
    /** Slow jobs beyond the limit; guarded by this object, as is the count of those within it. */
    private final ArrayDeque<Runnable> slowQueue = new ArrayDeque<>();
    private int slowAdmitted;

    WorkerPool(int size) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
            job -> Thread.ofPlatform().daemon().name("chagres-worker-" + number.incrementAndGet()).unstarted(job));
        threads.allowCoreThreadTimeOut(true);
        slowLimit = (size + 1) / 2;
    }

    private static final class Shared {
        static final WorkerPool POOL =
            new WorkerPool(Math.clamp(Integer.getInteger("io.chagres.workers", DEFAULT_THREADS), 1, MOST_THREADS));
    }

    /** The pool of this process. */
    public static WorkerPool shared() {
        return Shared.POOL;
    }

    /** How many threads it may have. */
    public int size() {
        return threads.getMaximumPoolSize();
    }

    /** Runs {@code job} on a worker thread, in order of submission as far as threads are free. It must not throw. */
    public void execute(Runnable job) {
        threads.execute(job);
    }

    /** As {@link #execute}, for a job that mostly waits: such jobs get at most half of the threads. */
    public synchronized void executeSlow(Runnable job) {
        if (slowAdmitted < slowLimit) {
            threads.execute(() -> runSlow(job));
            slowAdmitted++;
        } else {
            slowQueue.add(job);
        }
    }

    /** Returns how many of the threads are busy and how many jobs wait for one. */
    @Override
    public String toString() {
        return "WorkerPool (" + threads.getActiveCount() + " of " + size() + " threads busy, " + threads.getQueue().size()
            + " jobs wait)";
    }

    private void runSlow(Runnable job) {
        try {
            job.run();
        } finally {
            admitNextSlow();
        }
    }

    private synchronized void admitNextSlow() {
        Runnable next = slowQueue.poll();
        if (next == null) {
            slowAdmitted--;
        } else {
            threads.execute(() -> runSlow(next));
        }
    }
}
