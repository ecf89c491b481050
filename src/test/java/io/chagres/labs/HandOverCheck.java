package io.chagres.labs;

import io.chagres.loop.Loop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The check of lab 8: another thread hands a job over at the moment at which the loop has found the queue empty. */
final class HandOverCheck {

    private static final int JOBS = 100;
    private static final long MAX_SLEEP_MILLIS = 1000;

    private final AtomicInteger ran = new AtomicInteger();
    private final AtomicReference<Executor> executor = new AtomicReference<>();
    private final AtomicReference<Loop> loop = new AtomicReference<>();
    private int handedOver;

    private HandOverCheck() {}

    /** A queue that lets another thread add the next job when the loop has found it empty, before the loop knows. */
    private final class WatchedQueue extends ConcurrentLinkedQueue<Runnable> {
        private static final long serialVersionUID = 1;

        @Override
        public Runnable poll() {
            Runnable job = super.poll();
            if (job == null) {
                handOver();
            }
            return job;
        }

        @Override
        public boolean isEmpty() {
            boolean isEmpty = super.isEmpty();
            if (isEmpty) {
                handOver();
            }
            return isEmpty;
        }
    }

    static void run(Lab lab, Report report) throws Exception {
        HandOverCheck check = new HandOverCheck();
        Lab.Call call = lab.start(() -> check.runLoop(lab));
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_SLEEP_MILLIS);
        while (!call.hasEnded() && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        if (!call.hasEnded() && check.loop.get() != null) {
            check.loop.get().execute(check.loop.get()::stop);
        }
        call.end();
        report.expect(
                "jobs of " + JOBS + " that have run, each handed over when the queue was empty", JOBS, check.ran.get());
    }

    private void runLoop(Lab lab) {
        try (Loop own = new Loop()) {
            loop.set(own);
            executor.set((Executor)
                    lab.type().getConstructor(Loop.class, Queue.class).newInstance(own, new WatchedQueue()));
            handedOver = 1;
            executor.get().execute(this::job);
            own.run();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void handOver() {
        if (handedOver < JOBS) {
            handedOver++;
            Thread other =
                    Thread.ofPlatform().daemon().start(() -> executor.get().execute(this::job));
            try {
                other.join(MAX_SLEEP_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void job() {
        if (ran.incrementAndGet() == JOBS) {
            close((AutoCloseable) executor.get());
        }
    }

    private static void close(AutoCloseable lab) {
        try {
            lab.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
