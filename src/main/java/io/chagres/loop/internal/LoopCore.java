package io.chagres.loop.internal;

import io.chagres.UsageException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The mechanisms of a loop: the door through which handles, streams and sockets use it. Programs have no access to it, because its
 * package is not exported. The methods that run, take over and close a loop are in {@link LoopControl}.
 *
 * <p>{@link #of(Executor)} and {@link #of(Resident)} return the core of a loop. Its methods must be called on the loop thread, except those
 * that say "any thread".
 */
public final class LoopCore {

    /** Set by the initialiser of Loop, which has run if there is a loop. */
    static volatile LoopControl.@Nullable Access givenAccess;

    /** A constant for the compiler of the JVM, so that {@link #of(Executor)} costs one load. */
    private static final class AccessHolder {
        static final LoopControl.Access ACCESS = Objects.requireNonNull(givenAccess);
    }

    private final Executor loop;
    private final LoopTime time;
    private final Meter meter;
    private final RunState runState;
    private final Failures failures;
    private final TickQueue ticks;
    private final Callbacks callbacks;
    private final Residents residents;
    private final Mailbox mailbox = new Mailbox();
    private final Nesting nesting = new Nesting();
    private final Locals locals = new Locals();
    private final PendingQueue pending;
    private final Timers timers;
    private final Phases phases;

    Thread owner = Thread.currentThread();
    int reasons;
    boolean wasRun;

    LoopCore(Executor loop, LoopTime time) {
        this.loop = loop;
        this.time = time;
        meter = new Meter(time);
        runState = new RunState(meter);
        failures = new Failures(runState);
        ticks = new TickQueue(failures);
        callbacks = Callbacks.of(ticks, failures, meter);
        residents = new Residents(failures);
        timers = new Timers(time, runState, callbacks);
        pending = new PendingQueue(callbacks);
        OpenLoops.add(this);
        try {
            phases = new Phases(this, pending); // the last step, see there
        } catch (Throwable failed) {
            OpenLoops.remove(this);
            throw failed;
        }
    }

    /** Returns the core of {@code loop}, a {@link io.chagres.loop.Loop}; any thread. This package does not depend on that of Loop. */
    public static LoopCore of(Executor loop) {
        return AccessHolder.ACCESS.coreOf(loop);
    }

    /** Returns the core of the loop on which {@code resident} lives; any thread. */
    public static LoopCore of(Resident resident) {
        return resident.core;
    }

    /** Returns the loop, a {@link io.chagres.loop.Loop}; any thread. */
    public Executor loop() {
        return loop;
    }

    @Override
    public String toString() {
        return "LoopCore of " + loop;
    }

    // ---- thread

    /**
     * Checks that the calling thread is the owner of the loop. Every call on a handle begins with this check.
     *
     * @throws WrongThreadException if the loop belongs to another thread; names both threads
     */
    public void checkThread() {
        if (Thread.currentThread() != owner) {
            throw wrongThread();
        }
    }

    WrongThreadException wrongThread() {
        String advice = owner.isAlive() ? "use Loop.execute or Async.send" : "that thread has ended, see Loop.takeOver";
        return new WrongThreadException("the loop belongs to thread \"" + owner.getName() + "\", and this is \""
                + Thread.currentThread().getName() + "\": " + advice);
    }

    /** Returns the name of the thread that owns the loop; any thread. */
    public String threadName() {
        return owner.getName();
    }

    /** Returns whether the calling thread is the owner of the loop; any thread. */
    public boolean isLoopThread() {
        return Thread.currentThread() == owner;
    }

    /**
     * Checks that the calling thread may wait for what only the loop thread can bring; any thread.
     *
     * @param call the name of the call that waits, for the message
     * @throws UsageException EDEADLK on the loop thread
     */
    public void refuseWait(String call) {
        if (isLoopThread()) {
            throw LoopFuture.deadlock(call);
        }
    }

    // ---- life

    /** Notes that the loop is run, or that another class runs it: see {@link ForgottenRun}. */
    public void noteRun() {
        wasRun = true;
    }

    /** Adds a reason to go on: a handle that is active and referenced, or a pending request. */
    public void keepAlive() {
        reasons++;
    }

    /** Takes back one {@link #keepAlive}. */
    public void letGo() {
        assert reasons > 0 : "let go more often than kept alive";
        reasons--;
    }

    /** Returns the number of reasons to go on; any thread. */
    public int reasons() {
        return reasons;
    }

    /** Returns whether the loop runs or closes; any thread. */
    public boolean isRunning() {
        return runState.isRunning();
    }

    // ---- queues

    /** Returns the number of tasks that wait for the loop, up to a thousand; any thread. */
    public int waitingTasks() {
        return mailbox.size();
    }

    /** Queues a completion for the pending phase. If there is no memory for it, this throws and nothing is queued. */
    public void pend(Runnable completion) {
        pending.add(completion);
    }

    /** Ensures that the next {@link #pend} does not throw: for a request whose state changes before its completion is queued. */
    public void reservePend() {
        pending.reserve();
    }

    /** Queues {@code tick} to run as soon as the current callback has returned. */
    public void tick(Runnable tick) {
        ticks.add(tick);
    }

    /**
     * Leaves {@code task} for the poll phase and wakes the loop if it sleeps; any thread.
     *
     * <p>If this throws (StackOverflowError), the task was not left. Waking needs no memory of the calling thread. If waking
     * fails nevertheless, the next sender of any kind wakes the loop.
     *
     * @return false if the loop is closed: the task will not run
     */
    public boolean post(Task task) {
        Mailbox.Posted posted = mailbox.post(task);
        if (posted == Mailbox.Posted.MUST_WAKE) {
            phases.poller.wake();
        }
        return posted != Mailbox.Posted.REFUSED;
    }

    /** Wakes the loop if an earlier {@link #post} could not; any thread. For a sender that finds its task posted already. */
    public void wakeIfOwed() {
        if (mailbox.owes()) {
            StackRoom.require();
            if (mailbox.takesOver()) {
                phases.poller.wake();
            }
        }
    }

    // ---- parts

    /** Returns the two clocks: the cached time and the clock itself. */
    public LoopTime time() {
        return time;
    }

    /** Returns the timers. */
    public Timers timers() {
        return timers;
    }

    /** Returns the phases of an iteration other than the timers. */
    public Phases phases() {
        return phases;
    }

    /** Returns the list of what lives on the loop. */
    public Residents residents() {
        return residents;
    }

    /** Returns the way to call user code and to raise what it throws. */
    public Callbacks callbacks() {
        return callbacks;
    }

    /** Returns the counters and the current phase; any thread. */
    public Meter meter() {
        return meter;
    }

    /** Returns the depth of the calls from stream to stream. */
    public Nesting nesting() {
        return nesting;
    }

    /**
     * Returns the object of {@code type} that all users of this loop share, such as memory for its streams. The first call makes
     * it with {@code maker}. An AutoCloseable is closed with the loop.
     *
     * @throws io.chagres.UsageException ERR_LOOP_CLOSED if the loop is closed
     */
    public <T> T local(Class<T> type, Supplier<? extends T> maker) {
        return locals.get(type, maker);
    }

    // ---- for this package

    TickQueue ticks() {
        return ticks;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    RunState runState() {
        return runState;
    }

    Failures failures() {
        return failures;
    }

    boolean isKeptAlive() {
        return reasons > 0;
    }

    void close() {
        OpenLoops.remove(this);
        try {
            mailbox.takeLast();
            locals.close(failures);
        } finally {
            phases.poller.close();
        }
    }
}
