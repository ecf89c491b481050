package io.chagres.loop.internal;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The controls of a loop: they run it, take it over and close it. {@link io.chagres.loop.Loop} makes this object and keeps it to itself. The floors
 * above get the {@link LoopCore}, which has none of these methods.
 */
public final class LoopControl {

    /** Reads the core of a loop, which is not visible outside of {@link io.chagres.loop.Loop}. */
    public interface Access {
        /** Returns the core of {@code loop}. */
        LoopCore coreOf(Executor loop);
    }

    private final LoopCore core;
    private final @Nullable LoopLeak leak;

    /**
     * Makes the mechanisms of {@code loop}, which belongs to the calling thread.
     *
     * @param nanoTime reads the clock of the loop
     * @param sleep returns how long to wait in the kernel, see {@link io.chagres.loop.LoopClock#sleep}
     */
    public LoopControl(Executor loop, LongSupplier nanoTime, LongUnaryOperator sleep) {
        core = new LoopCore(loop, new LoopTime(nanoTime, sleep)); // it opens descriptors
        leak = LoopLeak.watch(loop, core);
    }

    /** Lets {@link LoopCore#of(Executor)} read the cores of loops. Called once, by the initialiser of Loop. */
    public static void setAccess(Access access) {
        LoopCore.givenAccess = access;
    }

    /** Returns the mechanisms, for the floors above. */
    public LoopCore core() {
        return core;
    }

    /** Returns the state of the present run; any thread. */
    public RunState runState() {
        return core.runState();
    }

    /** Returns what callbacks have thrown, and what follows from it. */
    public Failures failures() {
        return core.failures();
    }

    /** Returns the counters of {@link io.chagres.loop.Loop#metrics()}; any thread. */
    public Meter meter() {
        return core.meter();
    }

    /** Returns the name of the owner and the number of reasons to go on; any thread. */
    public String summary() {
        return " \"" + core.owner.getName() + "\", " + core.reasons + " active";
    }

    /** Makes {@code thread} the owner: it runs the loop from now on. */
    public void runOn(Thread thread) {
        core.owner = thread;
        core.noteRun();
    }

    /**
     * Makes the calling thread the owner if the owner has ended; otherwise checks the thread.
     *
     * @throws WrongThreadException if the owner is another thread that is alive, or the calling thread is virtual
     */
    public void takeOver() {
        Thread heir = Thread.currentThread();
        if (heir != core.owner && (core.owner.isAlive() || heir.isVirtual())) {
            throw core.wrongThread();
        }
        core.owner = heir;
    }

    /** Refuses new residents from now on, because the loop is being closed. Reports a loop with something to do that was never run. */
    public void beginClose() {
        ForgottenRun.reportClose(core);
        core.residents().refuse();
    }

    /** Returns whether anything is left that keeps the loop alive: {@link Phases#hasWork()}, or a task of another thread. */
    public boolean isAlive() {
        return core.phases().hasWork() || !core.mailbox().isEmpty();
    }

    /** Runs the tasks that were posted, and refuses tasks from now on; returns whether there were any. */
    public boolean runLastTasks() {
        return core.callbacks().run(core.mailbox().takeLast()) > 0;
    }

    /** Ends the core with its loop: nothing can be posted any more, and descriptors and native memory are given back. */
    public void close() {
        if (leak != null) {
            leak.closed();
        }
        core.close();
    }

    @Override
    public String toString() {
        return "LoopControl of " + core.loop();
    }
}
