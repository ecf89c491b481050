package io.chagres.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A loop on a platform thread of its own, see {@link Loop#start}. Unlike a loop that is run by hand it stays, with
 * nothing to do, until it is closed or drained. An exception that nobody catches ends it; the thread's uncaught exception
 * handler gets it.
 */
public final class LoopThread implements Executor, AutoCloseable {

    private final Thread thread;
    private final Loop loop;
    private final Anchor anchor;

    LoopThread(String name, Consumer<? super Loop> setup) {
        UsageException.requireArgument(setup, "setup");
        CompletableFuture<Anchor> started = new CompletableFuture<>();
        thread = Thread.ofPlatform().name(UsageException.requireArgument(name, "name")).start(() -> live(started, setup));
        try {
            anchor = started.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof ChagresException reason ? reason : failed;
        }
        loop = anchor.core.loop();
    }

    private static void live(CompletableFuture<Anchor> started, Consumer<? super Loop> setup) {
        Loop loop;
        try {
            loop = new Loop();
        } catch (Throwable unavailable) {
            started.completeExceptionally(unavailable);
            return;
        }
        try (loop) {
            started.complete(new Anchor(loop.core()));
            loop.core().invoke(() -> setup.accept(loop));
            loop.run();
        }
    }

    /** The loop; only {@link Loop#execute} of it may be called from other threads. */
    public Loop loop() {
        return loop;
    }

    /** Runs {@code task} on the loop thread, as {@link Loop#execute}. */
    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /**
     * Stops the loop, ends what is open on it, and waits for its thread to end; any thread. From the loop thread itself
     * it does not wait.
     */
    @Override
    public void close() {
        end(loop::stop);
    }

    /**
     * Lets the loop end when nothing is left that keeps it alive, and waits for that; any thread. From the loop thread
     * itself it does not wait.
     */
    public void drain() {
        end(() -> { });
    }

    private void end(Runnable how) {
        loop.core().post(new Task() {
            @Override
            protected void run() {
                anchor.close();
                how.run();
            }
        });
        if (Thread.currentThread() != thread) {
            joinUninterruptibly();
        }
    }

    /** Returns the thread and its loop, as in {@code LoopThread (Loop (running on "server", 3 active))}; any thread. */
    @Override
    public String toString() {
        return "LoopThread (" + loop + (thread.isAlive() ? ")" : ", thread has ended)");
    }

    /** A caller that is interrupted still gets what close promises, and finds its interrupt flag set afterwards. */
    private void joinUninterruptibly() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What holds the loop alive while nothing else does. */
    private static final class Anchor extends Resident {

        final LoopCore core;
        private boolean holding = true;

        Anchor(LoopCore core) {
            this.core = core;
            core.settle(this);
            core.hold();
        }

        @Override
        public void close() {
            if (holding) {
                holding = false;
                core.release();
                core.closing(this);
            }
        }

        @Override
        protected void finishClose() {
            core.leave(this);
        }

        @Override
        public String toString() {
            return "LoopThread (" + (holding ? "open" : "ending") + ")";
        }
    }
}
