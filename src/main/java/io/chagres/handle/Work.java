package io.chagres.handle;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.jfr.Flight;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Callee;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.PoolJob;
import io.chagres.loop.internal.Resident;
import io.chagres.loop.internal.Task;
import io.chagres.loop.internal.WorkerPool;
import io.chagres.sys.Errno;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A request to run a job that would block the loop on a worker thread: uv_queue_work. It keeps the loop alive until its callback has run.
 * The callback runs in the poll phase, or in the pending phase if the job was cancelled.
 *
 * <p>The worker pool is shared by all loops of the process. Two system properties limit it:
 *
 * <ul>
 *   <li>{@code io.chagres.workers}, the maximum number of threads: 4 by default, 1 to 1024.
 *   <li>{@code io.chagres.workers.queue}, the maximum number of jobs that wait for a thread: 100,000 by default, 0 or more. Slow jobs that
 *       wait are counted by themselves. If the queue is full, the job does not run, and its callback is called in the pending phase with
 *       ERR_WORK_QUEUE_FULL. The limit bounds the memory of a program that submits jobs faster than they are done. A job that is
 *       cancelled leaves the queue at once.
 * </ul>
 *
 * <p>Lookups have threads and a queue of their own, see {@link #submitLookup}. So a name server that does not answer delays no other
 * job, and no job delays a lookup.
 *
 * <pre>{@code
 * Work.submit(loop, () -> Files.readString(path), (text, error) -> {
 *     if (error == null) {
 *         socket.write(text);
 *     }
 * });
 * }</pre>
 *
 * @param <T> the type of the job's result
 * @see <a href="https://docs.libuv.org/en/v1.x/threadpool.html">Thread pool work scheduling</a>
 */
public final class Work<T extends @Nullable Object> extends Resident {

    /** The time after which a worker that could not post its result tries again. */
    private static final long RETRY_NANOS = 1_000_000;

    private enum State {
        QUEUED,
        RUNNING,
        CANCELLED,
        REFUSED,
        DONE
    }

    private final LoopCore core;
    private final Callable<? extends T> job;
    private final BiConsumer<? super @Nullable T, ? super @Nullable Throwable> callback;
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
    private final Task completion = new Task() {
        @Override
        protected void run() {
            complete();
        }
    };
    /** The place of the job in the pool; null if it was refused. */
    private @Nullable PoolJob queued;

    /** The worker writes both fields before it posts the completion, and the loop reads them after. */
    private @Nullable T result;

    private @Nullable Throwable failure;

    Work(
            Loop loop,
            WorkerPool pool,
            Callable<? extends T> job,
            boolean slow,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> callback) {
        super(LoopCore.of(UsageException.requireArgument(loop, "loop")));
        this.core = LoopCore.of(this);
        this.job = RecordedJob.of(UsageException.requireArgument(job, "job"), pool, slow);
        this.callback = UsageException.requireArgument(callback, "callback");
        core.checkThread();
        core.residents().add(this);
        core.keepAlive();
    }

    /**
     * Queues {@code job} for a thread of the worker pool of the process.
     *
     * @param callback is called on the loop thread with the result and null, or with null and what the job threw. If the job was
     *     cancelled, that is a {@link SystemException} with code ECANCELED; if the queue is full, a {@link ChagresException} with code
     *     ERR_WORK_QUEUE_FULL
     * @throws UsageException EINVAL if an argument is null; ERR_LOOP_CLOSED
     * @throws OutOfMemoryError if the pool has no thread and none can be made: the job does not run, and there is no callback
     */
    public static <T extends @Nullable Object> Work<T> submit(
            Loop loop,
            Callable<? extends T> job,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> callback) {
        return submit(loop, WorkerPool.shared(), job, false, callback);
    }

    /**
     * Queues {@code job} like {@link #submit}, for a job that usually waits for something outside, such as another process. Such jobs
     * get at most half of the threads, rounded up, so that they do not delay the others.
     */
    public static <T extends @Nullable Object> Work<T> submitSlow(
            Loop loop,
            Callable<? extends T> job,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> callback) {
        return submit(loop, WorkerPool.shared(), job, true, callback);
    }

    /**
     * Queues {@code job} like {@link #submit}, but for the threads that are kept for lookups. {@link io.chagres.address.Lookup} calls it.
     * It is also for a lookup of the program's own that blocks, for instance in a {@link io.chagres.address.HostLookup}.
     *
     * <p>The system property {@code io.chagres.lookups} sets the maximum number of threads: 4 by default, 1 to 1024. {@code
     * io.chagres.lookups.queue} sets the maximum number of lookups that wait: 10,000 by default, 0 or more. All loops of the process share
     * them, and {@link io.chagres.address.Lookup#metrics()} counts them. libuv has no such threads: its lookups get at most half of those
     * of other work.
     *
     * <pre>{@code
     * HostLookup ldap = (host, options, answer) -> Work.submitLookup(loop, () -> directory.find(host), (found, error) ->
     *         answer.accept(found, error == null ? null : ChagresException.of(error)));
     * }</pre>
     */
    public static <T extends @Nullable Object> Work<T> submitLookup(
            Loop loop,
            Callable<? extends T> job,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> callback) {
        return submit(loop, WorkerPool.lookups(), job, false, callback);
    }

    private static <T extends @Nullable Object> Work<T> submit(
            Loop loop,
            WorkerPool pool,
            Callable<? extends T> job,
            boolean slow,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> callback) {
        Work<T> work = new Work<>(loop, pool, job, slow, callback);
        work.handTo(pool, slow);
        return work;
    }

    /**
     * Returns the state of the worker threads, which all loops of the process share; any thread. Those of lookups are not among them: see
     * {@link io.chagres.address.Lookup#metrics()}.
     */
    public static WorkerMetrics metrics() {
        return WorkerPool.shared().read(WorkerMetrics::new);
    }

    /** Passes the job to the pool. If that throws, the loop must not wait for the job. */
    private void handTo(WorkerPool pool, boolean slow) {
        try {
            queued = pool.execute(core, slow, this::runJob);
            if (queued == null) {
                refuse(pool);
            }
        } catch (Throwable noThread) {
            retire();
            throw noThread;
        }
    }

    /** The queue is full: the callback is called later, since a call that does not throw has a callback. */
    private void refuse(WorkerPool pool) {
        failure = pool.refusal();
        if (Flight.isOn()) {
            Flight.workRefused(RecordedJob.nameOf(job), pool.name(), pool.size(), pool.maxWaiting());
        }
        core.pend(this::complete);
        state.set(State.REFUSED);
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

    /** Posts the completion. The loop waits for it, so a thread that cannot post it (no memory, a full stack) tries until it can. */
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
     * Cancels the job if no worker has begun it. Its callback is called in the pending phase, with ECANCELED.
     *
     * @return false if the job runs, is done, was refused or was cancelled before; nothing is changed then
     * @see <a href="https://docs.libuv.org/en/v1.x/request.html#c.uv_cancel">uv_cancel</a>
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
        PoolJob waiting = queued;
        if (waiting != null) {
            waiting.withdraw();
        }
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

    /** Cancels the job as {@link #cancel()} does. */
    @Override
    public void close() {
        cancel();
    }

    @Override
    protected boolean holdsLoop() {
        return state.get() != State.DONE;
    }

    @Override
    protected void explain(StringJoiner details) {
        details.add("runs " + Callee.nameOf(RecordedJob.unwrapped(job))).add("calls " + Callee.nameOf(callback));
    }

    /** Returns the state, as in {@code Work (running)}; any thread. */
    @Override
    public String toString() {
        return "Work (" + state.get().name().toLowerCase(Locale.ROOT) + ")";
    }
}
