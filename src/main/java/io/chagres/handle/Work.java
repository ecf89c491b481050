package io.chagres.handle;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Resident;
import io.chagres.loop.internal.Task;
import io.chagres.loop.internal.WorkerPool;
import io.chagres.sys.Errno;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * A job that would block the loop, done on a worker thread: uv_queue_work. It keeps the loop alive until its callback has
 * come, from the poll phase; a cancelled one's from the pending phase.
 *
 * @param <T> what the job returns
 * @see <a href="https://docs.libuv.org/en/v1.x/threadpool.html">Thread pool work scheduling</a>
 */
public final class Work<T> extends Resident {

    /** How long a worker that can't answer waits before it tries again. */
    private static final long RETRY_NANOS = 1_000_000;

    private enum State {
        QUEUED,
        RUNNING,
        CANCELLED,
        DONE
    }

    private final LoopCore core;
    private final Callable<? extends T> job;
    private final BiConsumer<? super T, ? super Throwable> callback;
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
    private final Task completion = new Task() {
        @Override
        protected void run() {
            complete();
        }
    };
    /** Written by the worker before it posts the completion, read by the loop after. */
    private T result;

    private Throwable failure;

    Work(Loop loop, Callable<? extends T> job, BiConsumer<? super T, ? super Throwable> callback) {
        super(LoopCore.of(UsageException.requireArgument(loop, "loop")));
        this.core = LoopCore.of(this);
        this.job = UsageException.requireArgument(job, "job");
        this.callback = UsageException.requireArgument(callback, "callback");
        core.checkThread();
        core.residents().add(this);
        core.keepAlive();
    }

    /**
     * Queues {@code job} for the {@linkplain WorkerPool#shared() worker pool} of the process.
     *
     * @param callback gets, on the loop thread, what the job returned and null, or null and what it threw; a cancelled
     *     job's gets a {@link SystemException} with code ECANCELED
     * @throws UsageException EINVAL if an argument is null
     * @throws OutOfMemoryError if the pool has no thread and none can be made: the job does not run, and there is no callback
     */
    public static <T> Work<T> submit(
            Loop loop, Callable<? extends T> job, BiConsumer<? super T, ? super Throwable> callback) {
        Work<T> work = new Work<>(loop, job, callback);
        work.handToPool(false);
        return work;
    }

    /** As {@link #submit}, for a job that mostly waits, such as a lookup: such jobs get at most half of the threads. */
    public static <T> Work<T> submitSlow(
            Loop loop, Callable<? extends T> job, BiConsumer<? super T, ? super Throwable> callback) {
        Work<T> work = new Work<>(loop, job, callback);
        work.handToPool(true);
        return work;
    }

    /** The loop must not wait for what the pool refuses: it will never run. */
    private void handToPool(boolean slow) {
        try {
            WorkerPool.shared().execute(core, slow, this::runJob);
        } catch (Throwable refused) {
            retire();
            throw refused;
        }
    }

    void runJob() {
        if (!state.compareAndSet(State.QUEUED, State.RUNNING)) {
            return;
        }
        try {
            result = job.call();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        deliver();
    }

    /** The loop waits for the answer, and no other thread knows of it: a thread that can't post it tries until it can. */
    private void deliver() {
        for (; ; ) {
            try {
                core.post(completion);
                return;
            } catch (Throwable notPosted) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    /**
     * Takes the job back if no worker has begun it. Its callback comes all the same, later, with ECANCELED.
     *
     * @return false if it is too late: the job is running, or done
     */
    public boolean cancel() {
        core.checkThread();
        SystemException cancelled = SystemException.of(Errno.ECANCELED, "work");
        Runnable last = this::complete;
        core.reservePend();
        if (!state.compareAndSet(State.QUEUED, State.CANCELLED)) {
            return false;
        }
        failure = cancelled;
        core.pend(last);
        return true;
    }

    private void complete() {
        retire();
        callback.accept(result, failure);
    }

    private void retire() {
        state.set(State.DONE);
        core.letGo();
        core.residents().remove(this);
    }

    /** As {@link #cancel()}. */
    @Override
    public void close() {
        cancel();
    }

    /** Returns its state, as in "Work (running)"; any thread. */
    @Override
    public String toString() {
        return "Work (" + state.get().name().toLowerCase(Locale.ROOT) + ")";
    }
}
