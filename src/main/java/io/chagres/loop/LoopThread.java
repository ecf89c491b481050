package io.chagres.loop;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.internal.Exit;
import io.chagres.loop.internal.Failures;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.LoopFuture;
import io.chagres.loop.internal.Obstacle;
import io.chagres.loop.internal.Resident;
import io.chagres.loop.internal.Task;
import io.chagres.loop.internal.WorkerPool;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loop on a platform thread of its own, see {@link Loop#start}. Unlike a loop that is run by hand, it stays alive with nothing to do,
 * until it is closed or drained.
 *
 * <p>A setup that fails is thrown by {@link Loop#start}. Later, an exception that no {@linkplain Loop#setUncaughtHandler handler} takes
 * ends the loop: it dies. Its starter is notified in each of these ways:
 *
 * <ul>
 *   <li>{@link #join()} throws ERR_LOOP_DIED with the exception as its cause, and {@link #failure()} returns the exception;
 *   <li>the listeners of {@link #onExit} are called, and the futures of {@link #ended()} fail;
 *   <li>{@link #execute} throws a RejectedExecutionException with this cause from then on;
 *   <li>the uncaught exception handler of the thread is called last. By default it prints the exception.
 * </ul>
 *
 * <p>{@link #close()} and {@link #drain()} may be called from any thread, and wait until the loop thread has ended, without a limit.
 * {@link #close(Duration)} and {@link #drain(Duration)} give up after a time, with an exception that says what holds the loop. On two
 * threads all four begin the end and return at once, because the loop thread would wait for them: on the loop thread itself, and on a
 * worker that runs {@link io.chagres.handle.Work} of this loop.
 *
 * <pre>{@code
 * try (LoopThread server = Loop.start("server", loop -> Net.createServer(loop).listen(8080))) {
 *     readCommands();
 * }
 * }</pre>
 */
public final class LoopThread implements Executor, AutoCloseable {

    /** The interval at which a close in a shutdown hook checks whether the loop can still end. */
    private static final long LOOK_NANOS = 100_000_000;

    /** A wait that does not end: a century. */
    private static final Duration NO_LIMIT = Duration.ofDays(36_500);

    private final Thread thread;
    private final Consumer<? super Loop> setup;
    private final LoopExit exit = new LoopExit();
    /** The loop thread sets this field and the next two, then {@link #started}, and notifies. */
    @SuppressWarnings("NullAway.Init") // set by the loop thread before start() returns
    private Loop loop;

    @SuppressWarnings("NullAway.Init") // like loop
    private Anchor anchor;

    private @Nullable Throwable refusal;
    private boolean started;

    LoopThread(String name, boolean daemon, Consumer<? super Loop> setup) {
        this.setup = UsageException.requireArgument(setup, "setup");
        thread = Thread.ofPlatform()
                .name(UsageException.requireArgument(name, "name"))
                .daemon(daemon)
                .unstarted(this::live);
    }

    /** Starts the thread, and waits until the setup has returned; what the setup throws is thrown here. */
    LoopThread start() {
        thread.start();
        if (awaitStart()) {
            Thread.currentThread().interrupt();
        }
        if (refusal != null) {
            throw Failures.<RuntimeException>asIs(refusal);
        }
        return this;
    }

    /** Waits for the start; returns whether the wait was interrupted, which does not end it. */
    private synchronized boolean awaitStart() {
        boolean interrupted = false;
        while (!started) {
            try {
                wait();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    // ---- on the loop thread

    private void live() {
        Throwable failure = null;
        try (Loop own = new Loop()) {
            prepare(own);
            announce(null);
            own.run();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        if (!started) {
            // the loop is closed by now, so that the starter may try again with the same port
            announce(failure);
            return;
        }
        exit.end(failure);
        if (failure != null) {
            throw Failures.<RuntimeException>asIs(failure);
        }
    }

    private void prepare(Loop own) {
        loop = own;
        anchor = new Anchor(LoopCore.of(own));
        LoopCore.of(own).noteRun(); // a setup that throws is reported by start()
        setup.accept(own);
        own.endSetup();
    }

    private synchronized void announce(@Nullable Throwable thrown) {
        refusal = thrown;
        started = true;
        notifyAll();
    }

    // ---- from any thread

    /**
     * Returns the loop; any thread. Other threads may call only those of its methods that say "any thread", such as {@link Loop#execute}.
     */
    public Loop loop() {
        return loop;
    }

    /**
     * Runs {@code task} on the loop thread, as {@link Loop#execute} does; any thread.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop is closed
     */
    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    // ---- the end

    /** Returns whether the loop has not ended; any thread. It is false in the listeners of {@link #onExit}. */
    public boolean isAlive() {
        return !exit.isOver();
    }

    /** Returns the exception that the loop has died of; null if it is alive or has ended normally. Any thread. */
    public @Nullable Throwable failure() {
        return exit.failure();
    }

    /**
     * Calls {@code listener} once, when the loop has ended and everything on it is closed. The argument is the exception that the loop
     * has died of; null if it has ended normally.
     *
     * <p>The call is on the loop thread, as one of its last acts: {@link #close()} and {@link #join()} on other threads wait for it. If
     * the loop has ended before, the listener is called at once, on the calling thread. Listeners are called in the order in which they
     * were added. An exception of a listener goes to the uncaught exception handler of the thread.
     *
     * @return this loop thread
     */
    public LoopThread onExit(Consumer<? super @Nullable Throwable> listener) {
        exit.add(UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Removes a listener of {@link #onExit}. */
    public void offExit(Consumer<? super @Nullable Throwable> listener) {
        exit.remove(UsageException.requireArgument(listener, "listener"));
    }

    /**
     * Returns a future that completes when the loop has ended, in the way of {@link #onExit}: with null, or exceptionally with the
     * exception that the loop has died of. Each call returns a new future. To complete or cancel it has no effect on the loop.
     * To wait for it where {@link #join()} is refused throws EDEADLK, too.
     */
    public CompletableFuture<Void> ended() {
        CompletableFuture<Void> future = new LoopFuture<>(this::isCalledFromInside);
        onExit(failure -> {
            if (failure == null) {
                future.complete(null);
            } else {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    /**
     * Waits until the loop has ended: for a main thread that has nothing else to do. It does not end the loop.
     *
     * @throws ChagresException ERR_LOOP_DIED if the loop has died; the cause is {@link #failure()}
     * @throws UsageException EDEADLK on the loop thread, and in {@link io.chagres.handle.Work} of this loop
     * @throws InterruptedException if the calling thread is interrupted; the loop goes on
     */
    public void join() throws InterruptedException {
        requireOutside();
        thread.join();
        throwFailure();
    }

    /**
     * Waits like {@link #join()}, for up to {@code limit}.
     *
     * @param limit zero or less returns at once
     * @return whether the loop has ended
     */
    public boolean join(Duration limit) throws InterruptedException {
        UsageException.requireArgument(limit, "limit");
        requireOutside();
        boolean over = thread.join(limit);
        if (over) {
            throwFailure();
        }
        return over;
    }

    private void requireOutside() {
        if (isCalledFromInside()) {
            throw new UsageException(
                    "EDEADLK",
                    "join was called on the loop thread \"" + thread.getName() + "\" or in Work of its loop");
        }
    }

    private void throwFailure() {
        Throwable failure = exit.failure();
        if (failure != null) {
            throw new ChagresException(
                    "ERR_LOOP_DIED", "the loop of thread \"" + thread.getName() + "\" has died: " + failure, failure);
        }
    }

    /**
     * Stops the loop, ends what is open on it, and waits for its thread to end. From the loop thread, and from {@link
     * io.chagres.handle.Work} of this loop, it does not wait. An interrupt does not end the wait; the interrupt flag is set
     * afterwards.
     *
     * @throws UsageException EDEADLK in a shutdown hook, if a callback or Work of this loop has called System.exit: that call
     *     waits for the hook, and the loop can't end before it returns
     */
    @Override
    public void close() {
        end(true);
        awaitEnd(NO_LIMIT);
    }

    /**
     * Stops the loop like {@link #close()}, and waits for up to {@code limit}.
     *
     * <p>If the loop has not ended then, the exception says what holds it: a callback or an onExit listener that does not return, or
     * {@link io.chagres.handle.Work} that does not. It carries the stack of that thread. The order to stop remains: the loop ends when
     * the callback returns.
     *
     * @param limit zero or less does not wait
     * @throws StuckLoopException ETIMEDOUT if the loop has not ended in time
     * @throws UsageException EDEADLK as {@link #close()}
     */
    public void close(Duration limit) {
        UsageException.requireArgument(limit, "limit");
        end(true);
        awaitEnd(limit);
    }

    /**
     * Lets the loop end when nothing is left that keeps it alive, and waits for that, with the same exceptions as {@link
     * #close()}.
     *
     * @throws UsageException EDEADLK as {@link #close()}
     */
    public void drain() {
        end(false);
        awaitEnd(NO_LIMIT);
    }

    /**
     * Lets the loop end like {@link #drain()}, and waits for up to {@code limit}.
     *
     * <p>If the loop has not ended then, the exception names what keeps it alive, such as open connections. The loop goes on, and ends
     * when nothing is left. {@link #close()} ends it at once.
     *
     * @param limit zero or less does not wait
     * @throws StuckLoopException ETIMEDOUT if the loop has not ended in time
     * @throws UsageException EDEADLK as {@link #close()}
     */
    public void drain(Duration limit) {
        UsageException.requireArgument(limit, "limit");
        end(false);
        awaitEnd(limit);
    }

    private void end(boolean stop) {
        LoopCore.of(loop).post(Task.of(() -> {
            anchor.close();
            if (stop) {
                loop.stop();
            }
        }));
    }

    private boolean isCalledFromInside() {
        Thread caller = Thread.currentThread();
        return caller == thread || WorkerPool.isServedBy(LoopCore.of(loop), worker -> worker == caller);
    }

    /** Returns the thread and its loop, as in {@code LoopThread (Loop (running on "server", 3 active))}; any thread. */
    @Override
    public String toString() {
        return "LoopThread (" + loop + (thread.isAlive() ? ")" : ", thread has ended)");
    }

    private void awaitEnd(Duration limit) {
        if (isCalledFromInside()) {
            return;
        }
        long deadline = System.nanoTime() + nanos(limit);
        boolean inHook = thread.isAlive() && Exit.hasBegun();
        boolean interrupted = false;
        try {
            while (thread.isAlive()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new StuckLoopException(nanos(limit), Obstacle.of(LoopCore.of(loop)));
                }
                interrupted |= isJoinInterrupted(inHook ? Math.min(LOOK_NANOS, left) : left);
                if (inHook) {
                    requireThatItCanEnd();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static long nanos(Duration limit) {
        return limit.compareTo(NO_LIMIT) < 0 ? Math.max(0, limit.toNanos()) : NO_LIMIT.toNanos();
    }

    private boolean isJoinInterrupted(long nanos) {
        try {
            thread.join(Duration.ofNanos(nanos));
            return false;
        } catch (InterruptedException again) {
            return true;
        }
    }

    private void requireThatItCanEnd() {
        if (Exit.holds(thread) || WorkerPool.isServedBy(LoopCore.of(loop), Exit::holds)) {
            throw new UsageException(
                    "EDEADLK",
                    "the loop of thread \"" + thread.getName() + "\" can't be closed: a callback or "
                            + "Work of it has called System.exit, which waits for this shutdown hook");
        }
    }

    /** The resident that keeps the loop alive while nothing else does. */
    private static final class Anchor extends Resident {

        private final LoopCore core;
        private boolean holding = true;

        Anchor(LoopCore core) {
            super(core);
            this.core = core;
            core.residents().add(this);
            core.keepAlive();
        }

        @Override
        public void close() {
            if (holding) {
                holding = false;
                core.letGo();
                core.phases().closing.add(this);
            }
        }

        @Override
        protected boolean holdsLoop() {
            return holding;
        }

        @Override
        public String toString() {
            return "LoopThread (" + (holding ? "open" : "ending") + ")";
        }
    }
}
