package io.chagres.loop;

import io.chagres.UsageException;
import io.chagres.loop.internal.Exit;
import io.chagres.loop.internal.Failures;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Resident;
import io.chagres.loop.internal.Task;
import io.chagres.loop.internal.WorkerPool;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loop on a platform thread of its own, see {@link Loop#start}. Unlike a loop that is run by hand, it stays alive with nothing to do,
 * until it is closed or drained.
 *
 * <p>An exception that no {@linkplain Loop#setUncaughtHandler handler} takes ends the loop. The uncaught exception handler of the thread
 * is called with the exception, and {@link #execute} throws a RejectedExecutionException with this cause from then on.
 *
 * <p>{@link #close} and {@link #drain} may be called from any thread, and wait until the loop thread has ended. On two threads they
 * begin the end and return at once, because the loop thread would wait for them: on the loop thread itself, and on a worker that runs
 * {@link io.chagres.handle.Work} of this loop.
 *
 * <pre>{@code
 * try (LoopThread server = Loop.start("server", loop -> Net.createServer(loop).listen(8080))) {
 *     readCommands();
 * }
 * }</pre>
 */
public final class LoopThread implements Executor, AutoCloseable {

    /** The interval at which a close in a shutdown hook checks whether the loop can still end. */
    private static final long LOOK_MILLIS = 100;

    private final Thread thread;
    private final Consumer<? super Loop> setup;
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
        boolean running = false;
        try (Loop own = new Loop()) {
            prepare(own);
            running = true;
            announce(null);
            own.run();
        } catch (Throwable thrown) {
            if (running) {
                throw thrown;
            }
            // the loop is closed by now, so that the starter may try again with the same port
            announce(thrown);
        }
    }

    private void prepare(Loop own) {
        loop = own;
        anchor = new Anchor(LoopCore.of(own));
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
    }

    /**
     * Lets the loop end when nothing is left that keeps it alive, and waits for that, with the same exceptions as {@link
     * #close}.
     *
     * @throws UsageException EDEADLK as {@link #close}
     */
    public void drain() {
        end(false);
    }

    private void end(boolean stop) {
        LoopCore.of(loop).post(Task.of(() -> {
            anchor.close();
            if (stop) {
                loop.stop();
            }
        }));
        Thread caller = Thread.currentThread();
        if (caller != thread && !WorkerPool.isServedBy(LoopCore.of(loop), worker -> worker == caller)) {
            awaitEnd();
        }
    }

    /** Returns the thread and its loop, as in {@code LoopThread (Loop (running on "server", 3 active))}; any thread. */
    @Override
    public String toString() {
        return "LoopThread (" + loop + (thread.isAlive() ? ")" : ", thread has ended)");
    }

    private void awaitEnd() {
        boolean inHook = thread.isAlive() && Exit.hasBegun();
        boolean interrupted = false;
        try {
            while (thread.isAlive()) {
                interrupted |= isJoinInterrupted(inHook ? LOOK_MILLIS : 0);
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

    private boolean isJoinInterrupted(long millis) {
        try {
            thread.join(millis);
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
