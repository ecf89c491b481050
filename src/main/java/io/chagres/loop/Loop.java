package io.chagres.loop;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.sys.SelfCheck;
import java.util.StringJoiner;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * An event loop: it waits for descriptors, timers and messages from other threads, and calls back.
 *
 * <p>A loop belongs to one platform thread, the one that made it or, later, the one that last called {@link #run}.
 * {@link #execute} may be called from any thread; everything else, on the loop and on all that lives on it, only from its
 * own, and throws {@link WrongThreadException} elsewhere. The package description tells the order of an iteration.
 *
 * <pre>{@code
 * try (Loop loop = new Loop()) {
 *     Timer.after(loop, 1000, () -> System.out.println("a second later"));
 *     loop.run();
 * }
 * }</pre>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/loop.html">uv_loop_t</a>
 */
public final class Loop implements Executor, AutoCloseable {

    /** Rounds of completions right after polling: libuv's bound, enough for a write that leads to a write. */
    private static final int PENDING_ROUNDS = 8;

    /** A close whose turns fail so often in the loop itself frees what it can and throws. */
    private static final int MOST_BROKEN_TURNS = 16;

    private final LoopCore core;
    /** Atomic, since a second thread may try to run the loop, too. */
    private final AtomicBoolean running = new AtomicBoolean();

    private boolean stopping;
    private boolean closed;

    /**
     * A loop on the system's clock.
     *
     * @throws UsageException ERR_UNAVAILABLE where this JVM or system cannot run one, see {@link #unavailabilityCause()}
     * @throws SystemException EMFILE, ENFILE, ENOMEM: it takes two descriptors
     */
    public Loop() {
        this(LoopClock.SYSTEM);
    }

    /** A loop that lives by {@code clock}; throws as {@link #Loop()}. */
    public Loop(LoopClock clock) {
        UsageException.requireArgument(clock, "clock");
        if (!isAvailable()) {
            throw new UsageException("ERR_UNAVAILABLE", unavailabilityCause());
        }
        core = new LoopCore(this, clock);
    }

    /** Whether loops can run here: Linux on x86-64 or aarch64, with native access allowed. */
    public static boolean isAvailable() {
        return SelfCheck.isAvailable();
    }

    /** What is missing where {@link #isAvailable()} is false, in one sentence, with the flag that would help; else null. */
    public static String unavailabilityCause() {
        return SelfCheck.unavailabilityCause();
    }

    /**
     * Starts a loop on a platform thread of its own, for programs whose main thread has other work. It runs until
     * {@link LoopThread#close()} or {@link LoopThread#drain()}.
     *
     * <p>The thread is no daemon, whatever the calling thread is: the JVM goes on until the loop has ended. This call waits until
     * {@code setup} has returned, so {@code setup} must not wait for the calling thread.
     *
     * @param name the name of the thread
     * @param setup is called on that thread with the loop, before it runs. What it throws, or the ticks that it queued throw
     *     uncaught (a server whose port is in use, without an error listener), is thrown from here: the loop is closed then, and
     *     there is no LoopThread
     * @throws UsageException ERR_UNAVAILABLE as {@link #Loop()}
     * @throws OutOfMemoryError if no thread can be made
     */
    public static LoopThread start(String name, Consumer<? super Loop> setup) {
        return new LoopThread(name, false, setup).start();
    }

    /** As {@link #start}, on a daemon thread: the JVM ends without waiting for it. */
    public static LoopThread startDaemon(String name, Consumer<? super Loop> setup) {
        return new LoopThread(name, true, setup).start();
    }

    // ---- running

    /** Runs until nothing is left that keeps the loop alive: {@link #run(RunMode)} with {@link RunMode#DEFAULT}. */
    public boolean run() {
        return run(RunMode.DEFAULT);
    }

    /**
     * Runs iterations on the calling thread, to which the loop belongs from now on. An exception that a callback throws
     * and no {@link #onUncaught} handler takes is thrown from here once the iteration is complete; the loop is intact
     * then and can be run again.
     *
     * @return whether the loop is still alive, as it can be after {@link #stop()} and after ONCE and NOWAIT
     * @throws UsageException EBUSY from inside a callback; EINVAL on a virtual thread, which would pin its carrier;
     *     ERR_LOOP_CLOSED
     */
    public boolean run(RunMode mode) {
        UsageException.requireArgument(mode, "mode");
        begin();
        try {
            return iterate(mode);
        } catch (Throwable broken) {
            core.failures().endWith(broken);
            throw broken;
        } finally {
            stopping = false;
            running.set(false);
            core.failures().rethrow();
        }
    }

    private boolean iterate(RunMode mode) {
        if (!stopping) {
            core.ticks.drain();
        }
        boolean alive = isAlive();
        core.updateTime();
        if (alive && mode == RunMode.DEFAULT && !stopping) {
            core.timers.run();
        }
        while (alive && !stopping) {
            turn(mode);
            alive = isAlive();
            if (mode != RunMode.DEFAULT) {
                break;
            }
        }
        return alive;
    }

    /** One iteration: pending, idle, prepare, poll, pending again, check, closing, timers. */
    private void turn(RunMode mode) {
        boolean mayWait = mode == RunMode.DEFAULT || mode == RunMode.ONCE && !core.hasPending() && core.idle.isEmpty();
        core.pending.run();
        core.idle.run();
        core.prepare.run();
        core.poller.poll(mayWait ? core.pollTimeout() : 0);
        core.pending.run(PENDING_ROUNDS);
        core.check.run();
        core.closing.run();
        core.updateTime();
        core.timers.run();
    }

    private void begin() {
        if (closed) {
            throw new UsageException("ERR_LOOP_CLOSED", "the loop is closed");
        }
        Thread thread = Thread.currentThread();
        if (thread.isVirtual()) {
            throw new UsageException(
                    "EINVAL",
                    "a loop runs on a platform thread, and \"" + thread.getName()
                            + "\" is a virtual one: use Loop.start");
        }
        if (!running.compareAndSet(false, true)) {
            core.checkThread();
            throw new UsageException("EBUSY", "run was called from inside a callback of the same loop");
        }
        core.own(thread);
        core.failures().endWith(null);
    }

    /**
     * Makes {@link #run} return after the current iteration, or at once where it has not begun. The loop can be run
     * again.
     */
    public void stop() {
        core.checkThread();
        stopping = true;
    }

    void requestStop() {
        stopping = true;
    }

    boolean isRunning() {
        return running.get();
    }

    boolean isStopping() {
        return stopping;
    }

    /**
     * Whether there is something to run for: a handle that is active and referenced, a request under way, a completion,
     * a closing handle, a task or tick that has not run.
     */
    public boolean isAlive() {
        core.checkThread();
        return core.isAlive();
    }

    // ---- time

    /**
     * Milliseconds since the loop was made, as of the last look at the clock: taken when {@link #run} begins, after each wait
     * and before the timers run, so that all callbacks of one phase see the same time.
     */
    public long now() {
        core.checkThread();
        return core.nowNanos() / 1_000_000;
    }

    /** Looks at the clock now: after a long computation, so that a timer started then counts from its end. */
    public void updateTime() {
        core.checkThread();
        core.updateTime();
    }

    // ---- metrics

    /**
     * Returns what the loop has done so far. Any thread may call it, also while the loop is stuck in a callback or is closed. From
     * another thread than the loop's the counts are approximate: each may be a moment old, and they need not be of the same moment.
     */
    public LoopMetrics metrics() {
        return core.meter.read();
    }

    /**
     * Measures from now on how long the loop has nothing to do. It costs one more epoll_wait(2) in each iteration that waits, to
     * tell what was there already from what it has to wait for.
     *
     * @see <a href="https://docs.libuv.org/en/v1.x/loop.html#c.uv_loop_configure">UV_METRICS_IDLE_TIME</a>
     */
    public void measureIdleTime() {
        core.checkThread();
        core.meter.measureIdleTime();
    }

    // ---- calls into the loop

    /**
     * Runs {@code task} on the loop thread, in the poll phase; from any thread, in the order of the calls of one thread.
     * A waiting loop is woken, by at most one write to its eventfd however many tasks come.
     *
     * <p>A task that has not run keeps the loop alive. One that comes after {@link #run} has returned waits for the next
     * run, or for {@link #close()}.
     *
     * <p>If this call throws, also an Error (the stack is full, no memory for the task), the task does not run; later tasks do.
     *
     * @throws RejectedExecutionException if the loop is closed; also in one of the last tasks of a loop that closes. Its cause is
     *     what the last run threw, if that did not return normally
     */
    @Override
    public void execute(Runnable task) {
        UsageException.requireArgument(task, "task");
        if (!core.post(new Errand(task))) {
            Throwable end = core.failures().end();
            throw end == null
                    ? new RejectedExecutionException("the loop is closed")
                    : new RejectedExecutionException("the loop is closed; its last run ended with " + end, end);
        }
    }

    private static final class Errand extends Task {
        private final Runnable action;

        Errand(Runnable action) {
            this.action = action;
        }

        @Override
        protected void run() {
            action.run();
        }
    }

    /**
     * Runs {@code tick} as soon as the current callback returns, before any other callback: Node's nextTick.
     *
     * @see <a href="https://nodejs.org/api/process.html#processnexttickcallback-args">process.nextTick</a>
     */
    public void nextTick(Runnable tick) {
        core.checkThread();
        core.tick(UsageException.requireArgument(tick, "tick"));
    }

    /**
     * Sets what is done with an exception that a callback throws: {@code handler} gets it, and the loop goes on. Where
     * there is none (the default, or null), or the handler throws itself, the iteration is completed and {@link #run}
     * throws; further exceptions of that iteration are suppressed in it.
     */
    public void onUncaught(Consumer<? super Throwable> handler) {
        core.checkThread();
        core.failures().onUncaught(handler);
    }

    /** The mechanisms, for those who write handles. */
    public LoopCore core() {
        return core;
    }

    /**
     * Returns the state, the thread and the number of what keeps the loop alive, as in {@code Loop (running on "main", 3 active)}.
     * Any thread may call it. From another thread than the loop's the answer may be a moment old.
     */
    @Override
    public String toString() {
        String state = closed ? "closed" : running.get() ? "running on" : "not running, of";
        return "Loop (" + state + (closed ? "" : core.summary()) + ")";
    }

    // ---- closing

    /**
     * Ends what is still open, runs its last callbacks, waits for work that a worker thread is in the middle of, and frees
     * the loop's descriptors. Nothing new can be opened meanwhile. Has no effect on a closed loop.
     *
     * @throws UsageException EBUSY from inside a callback: {@link #stop()}, and close after run has returned
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        core.checkThread();
        if (!running.compareAndSet(false, true)) {
            throw new UsageException("EBUSY", "close was called from inside a callback of the same loop");
        }
        try {
            endResidents();
        } finally {
            closed = true;
            core.free();
            running.set(false);
            core.failures().rethrow();
        }
    }

    private void endResidents() {
        core.refuseResidents();
        core.ticks.drain();
        int broken = 0;
        do {
            core.closeResidents();
            stopping = false;
            try {
                turn(RunMode.ONCE);
            } catch (Throwable thrown) {
                // epoll_wait(2) has failed, or an Error in the loop itself: one is no reason to give up.
                core.raise(thrown);
                broken++;
            }
        } while (broken < MOST_BROKEN_TURNS && (!core.residents.isEmpty() || core.hasWork() || core.runLastTasks()));
    }

    /**
     * As {@link #close()}, where nothing is left open.
     *
     * @throws UsageException EBUSY, which names every handle that is still there, were it inactive or closing, and says
     *     whether work is under way; the loop is as before
     */
    public void closeStrictly() {
        if (closed) {
            return;
        }
        core.checkThread();
        StringJoiner left = new StringJoiner(", ");
        core.visitResidents(resident -> left.add(resident.toString()));
        if (left.length() > 0 || core.isAlive()) {
            throw new UsageException("EBUSY", "the loop still has: " + (left.length() > 0 ? left : "work under way"));
        }
        close();
    }
}
