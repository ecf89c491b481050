package io.chagres.loop;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.internal.Dump;
import io.chagres.loop.internal.Failures;
import io.chagres.loop.internal.LoopControl;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.LoopTime;
import io.chagres.loop.internal.Phases;
import io.chagres.loop.internal.Poller;
import io.chagres.loop.internal.RunState;
import io.chagres.loop.internal.StartupTrace;
import io.chagres.loop.internal.Task;
import io.chagres.sys.SelfCheck;
import java.util.StringJoiner;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An event loop: it waits for descriptors, timers and messages from other threads, and calls back. The package description shows the
 * order of an iteration.
 *
 * <p>A loop belongs to one platform thread: the thread that made it or, later, the thread that last called {@link #run}. {@link
 * #execute}, {@link #metrics()} and {@link #toString()} may be called from any thread. Everything else, on the loop and on what lives
 * on it, is called on the thread of the loop, and throws {@link WrongThreadException} on any other.
 *
 * <p>If that thread has ended, another platform thread can continue: {@link #run}, {@link #close()} and {@link #closeStrictly()} make
 * the calling thread the owner. To use the loop or its handles before that, call {@link #takeOver()}.
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

    /** A close whose turns fail so often in the loop itself frees what it can and throws. */
    private static final int MAX_BROKEN_TURNS = 16;

    private static final boolean HAS_BEANS = Boolean.getBoolean("chagres.jmx");

    static {
        LoopControl.setAccess(new CoreAccess());
        if (System.getProperty("chagres.trace") != null) {
            StartupTrace.begin();
        }
    }

    private final LoopControl control;
    private final LoopCore core;
    private final RunState runState;
    private final Failures failures;
    private final LoopTime time;
    private final Phases phases;
    private final Poller poller;

    private boolean closed;

    /**
     * Makes a loop on the system's clock.
     *
     * @throws UsageException ERR_UNAVAILABLE if this JVM or system cannot run a loop, see {@link #unavailabilityCause()}
     * @throws SystemException EMFILE, ENFILE, ENOMEM: it takes two descriptors
     */
    public Loop() {
        this(LoopClock.SYSTEM);
    }

    /**
     * Makes a loop that takes the time from {@code clock}, such as one that a test moves by hand; throws as {@link #Loop()}.
     */
    public Loop(LoopClock clock) {
        UsageException.requireArgument(clock, "clock");
        String missing = unavailabilityCause();
        if (missing != null) {
            throw new UsageException("ERR_UNAVAILABLE", missing);
        }
        control = new LoopControl(this, clock::nanoTime, clock::sleep);
        core = control.core();
        runState = control.runState();
        failures = control.failures();
        time = core.time();
        phases = core.phases();
        poller = phases.poller;
        if (HAS_BEANS) {
            LoopBeans.offer(this);
        }
    }

    /** Only the floors above know LoopCore: its package is not exported. */
    private static final class CoreAccess implements LoopControl.Access {
        @Override
        public LoopCore coreOf(Executor loop) {
            return ((Loop) loop).core;
        }
    }

    /** Returns whether loops can run here: on Linux on x86-64, aarch64 or riscv64, with native access allowed. */
    public static boolean isAvailable() {
        return SelfCheck.isAvailable();
    }

    /** Returns what is missing if {@link #isAvailable()} is false, in one sentence with the flag that would help; otherwise null. */
    public static @Nullable String unavailabilityCause() {
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

    /** Starts a loop like {@link #start}, on a daemon thread: the JVM ends without waiting for the loop. */
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
     * and no {@link #setUncaughtHandler} handler takes is thrown from here once the iteration is complete; the loop is intact
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
            failures.endWith(broken);
            throw broken;
        } finally {
            runState.end();
            failures.rethrow();
        }
    }

    /** Ends a setup that ran before the loop: runs the ticks that it queued, and throws what they have thrown. */
    void endSetup() {
        core.callbacks().drainTicks();
        failures.rethrow();
    }

    private boolean iterate(RunMode mode) {
        if (!runState.isStopping()) {
            core.callbacks().drainTicks();
        }
        boolean alive = control.isAlive();
        time.update();
        if (alive && mode == RunMode.DEFAULT && !runState.isStopping()) {
            phases.runTimers();
        }
        while (alive && !runState.isStopping()) {
            turn(mode);
            alive = control.isAlive();
            if (mode != RunMode.DEFAULT) {
                break;
            }
        }
        return alive;
    }

    /** Runs one iteration. */
    private void turn(RunMode mode) {
        phases.turn(mode == RunMode.DEFAULT || mode == RunMode.ONCE && !phases.hasEntries());
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
        if (!runState.begin()) {
            core.checkThread();
            throw new UsageException("EBUSY", "run was called from inside a callback of the same loop");
        }
        control.runOn(thread);
        failures.endWith(null);
    }

    /**
     * Makes the calling thread the owner of a loop whose thread has ended, so that it may use the loop and what lives on it.
     * {@link #run}, {@link #close()} and {@link #closeStrictly()} do it themselves; every other call is refused until then. On the
     * owner's thread this is a no-op.
     *
     * @throws WrongThreadException if the loop belongs to another thread that has not ended, or the calling thread is virtual
     */
    public void takeOver() {
        control.takeOver();
    }

    /**
     * Makes {@link #run} return after the current iteration, or at once if it has not begun. The loop can be run
     * again.
     */
    public void stop() {
        core.checkThread();
        runState.stop();
    }

    /**
     * Returns whether the loop has a reason to run: a handle that is active and referenced, a pending request, a completion, a closing
     * handle, or a task or tick that has not run.
     */
    public boolean isAlive() {
        core.checkThread();
        return control.isAlive();
    }

    // ---- time

    /**
     * Returns the cached time in milliseconds since the loop was made. The clock is read when {@link #run} begins, after each wait and
     * before the timers run, so that all callbacks of one phase see the same time.
     */
    public long now() {
        core.checkThread();
        return time.nowNanos() / 1_000_000;
    }

    /** Reads the clock now. Call it after a long computation, so that a timer started then counts from the end of the computation. */
    public void updateTime() {
        core.checkThread();
        time.update();
    }

    // ---- inside another event loop

    /**
     * Returns a descriptor that becomes readable when the loop has something to do: for a program that waits in an event loop of
     * another kind and calls {@link #run(RunMode)} with {@link RunMode#NOWAIT} then. Ask for it before each wait, because the loop
     * may have to exchange it.
     *
     * @return an epoll descriptor, owned by the loop
     * @see <a href="https://docs.libuv.org/en/v1.x/loop.html#c.uv_backend_fd">uv_backend_fd</a>
     */
    public int backendFd() {
        core.checkThread();
        return poller.fd();
    }

    /**
     * Returns how long an iteration that started now would wait. Ask right before waiting for {@link #backendFd()}: only a task
     * that is posted after an answer other than 0 makes that descriptor readable.
     *
     * @return nanoseconds; 0 if something is due, -1 if only an event can bring something to do
     * @see <a href="https://docs.libuv.org/en/v1.x/loop.html#c.uv_backend_timeout">uv_backend_timeout</a>
     */
    public long backendTimeoutNanos() {
        core.checkThread();
        return phases.backendTimeoutNanos();
    }

    // ---- metrics

    /**
     * Returns what the loop has done so far. Any thread may call it, also while the loop is stuck in a callback or is closed. From
     * another thread than the loop's the counts are approximate: each may be a moment old, and they need not be of the same moment.
     * A wait or a callback in progress counts up to now.
     */
    public LoopMetrics metrics() {
        return control.meter().read(LoopMetrics::new);
    }

    /**
     * Records from now on how late the loop is: how long it is busy between two waits, which is how long a new event may have to
     * wait. Off by default; each call makes a recording of its own.
     *
     * <pre>{@code
     * LoopDelay delay = loop.monitorDelay();
     * Timer.every(loop, 60_000, () -> log("p99 " + delay.percentileNanos(99) / 1000 + " us"));
     * }</pre>
     *
     * @see <a href="https://nodejs.org/api/perf_hooks.html#perf_hooksmonitoreventloopdelayoptions">monitorEventLoopDelay</a>
     */
    public LoopDelay monitorDelay() {
        core.checkThread();
        return new LoopDelay(control.meter().monitorDelay());
    }

    // ---- calls into the loop

    /**
     * Runs {@code task} on the loop thread, in the poll phase; from any thread, in the order of the calls of one thread.
     * A waiting loop is woken by at most one write to its eventfd, for any number of tasks.
     *
     * <p>A task that has not run keeps the loop alive. A task that is added after {@link #run} has returned waits for the next
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
        if (!core.post(Task.of(task))) {
            Throwable end = failures.end();
            throw end == null
                    ? new RejectedExecutionException("the loop is closed")
                    : new RejectedExecutionException("the loop is closed; its last run ended with " + end, end);
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
     * Sets the handler for exceptions that callbacks throw, in place of the one before: it is called with the exception, and the loop
     * goes on. If there is no handler (the default, or null), or the handler throws itself, the iteration is completed and {@link #run}
     * throws the exception. Further exceptions of that iteration are suppressed in it.
     */
    public void setUncaughtHandler(@Nullable Consumer<? super Throwable> handler) {
        core.checkThread();
        failures.setHandler(handler);
    }

    /**
     * Returns the state, the thread and the number of what keeps the loop alive, as in {@code Loop (running on "main", 3 active)}.
     * Any thread may call it. From another thread than the loop's the answer may be a moment old.
     */
    @Override
    public String toString() {
        String state = closed ? "closed" : runState.isRunning() ? "running on" : "not running, of";
        return "Loop (" + state + (closed ? "" : control.summary()) + ")";
    }

    /**
     * Returns a text for a person: what lives on the loop, and why the loop does not end. Each handle has a line with descriptor,
     * addresses, queue, last activity, callback, and where it was made if {@link Origins} are recorded. A star marks what keeps the loop
     * alive. Any thread may call it, and waits up to a second. If the loop is stuck then, the text has the stack of its thread.
     */
    public String dump() {
        return Dump.of(core);
    }

    /** Returns the {@link #dump()} of each open loop of this process, and the state of the worker threads; any thread. */
    public static String dumpAll() {
        return Dump.ofAll();
    }

    // ---- closing

    /**
     * Closes the handles that are open, runs their last callbacks, waits for work that a worker thread is in the middle of, and frees
     * the loop's descriptors. Nothing new can be opened meanwhile. On a closed loop, this is a no-op. A loop that has work and was never
     * run is reported to the {@link System.Logger} "io.chagres".
     *
     * @throws UsageException EBUSY from inside a callback: {@link #stop()}, and close after run has returned
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        control.takeOver();
        if (!runState.begin()) {
            throw new UsageException("EBUSY", "close was called from inside a callback of the same loop");
        }
        try {
            endResidents();
        } finally {
            closed = true;
            control.close();
            runState.end();
            failures.rethrow();
        }
    }

    private void endResidents() {
        control.beginClose();
        core.callbacks().drainTicks();
        int broken = 0;
        do {
            core.residents().closeAll();
            runState.goOn();
            try {
                turn(RunMode.ONCE);
            } catch (Throwable thrown) {
                // epoll_wait(2) has failed, or an Error in the loop itself: one is no reason to give up.
                failures.raise(thrown);
                broken++;
            }
        } while (broken < MAX_BROKEN_TURNS
                && (!core.residents().isEmpty() || phases.hasWork() || control.runLastTasks()));
    }

    /**
     * Closes the loop as {@link #close()} does, if nothing is left open.
     *
     * @throws UsageException EBUSY, which names every handle that is left, also if it is inactive or closing, and says
     *     whether work is pending; the loop is as before
     */
    public void closeStrictly() {
        if (closed) {
            return;
        }
        control.takeOver();
        StringJoiner left = new StringJoiner(", ");
        core.residents().visit(resident -> left.add(resident.toString()));
        if (left.length() > 0 || control.isAlive()) {
            throw new UsageException("EBUSY", "the loop still has: " + (left.length() > 0 ? left : "pending work"));
        }
        close();
    }
}
