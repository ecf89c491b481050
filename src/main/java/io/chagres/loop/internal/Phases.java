package io.chagres.loop.internal;

/** The phases of an iteration, and whether they have anything to do. */
public final class Phases {

    /** The completions that are known already but have not run. */
    public final PendingQueue pending;
    /** The entries that run before {@link #prepare}, and keep the loop from waiting. */
    public final PhaseList idle;
    /** The entries that run right before polling. */
    public final PhaseList prepare;
    /** The poll phase, which waits for events. */
    public final Poller poller;
    /** The entries that run right after polling. */
    public final PhaseList check;
    /** The residents whose close callbacks are due. */
    public final ClosingList closing;

    /** Rounds of completions right after polling: libuv's bound, enough for a write that leads to a write. */
    private static final int MAX_PENDING_ROUNDS = 8;

    private final LoopCore core;
    private final Meter meter;
    private final TurnRecord turns;

    /**
     * The three parts of an iteration. They are called through one call site with three receivers, which the compiler does not inline:
     * each part stays a compiled unit of its own. Inlined into one, all of them were thrown away and compiled again whenever a rare
     * event occurred for the first time in one of them, such as the first close.
     */
    private final Runnable[] parts = {this::beforePoll, this::poll, this::afterPoll};

    private boolean mayWait;

    /** The poller is made last: it owns descriptors, which an Error in a later step would leave open. */
    Phases(LoopCore core, PendingQueue pending) {
        this.core = core;
        this.meter = core.meter();
        turns = new TurnRecord(core);
        this.pending = pending;
        idle = new PhaseList(core.callbacks());
        prepare = new PhaseList(core.callbacks());
        check = new PhaseList(core.callbacks());
        closing = new ClosingList(core.callbacks());
        poller = new Poller(core.time(), core.mailbox(), core.callbacks(), pending, meter, turns);
    }

    /**
     * Runs one iteration: pending, idle, prepare, poll, pending again, check, closing, timers.
     *
     * @param mayWait whether the poll phase may wait if nothing is due
     */
    public void turn(boolean mayWait) {
        this.mayWait = mayWait;
        meter.turn();
        turns.begin();
        for (Runnable part : parts) {
            part.run();
        }
        turns.end();
    }

    private void beforePoll() {
        meter.enter(Phase.PENDING);
        pending.run();
        meter.enter(Phase.IDLE);
        idle.run();
        meter.enter(Phase.PREPARE);
        prepare.run();
    }

    private void poll() {
        meter.enter(Phase.POLL);
        poller.poll(mayWait ? pollTimeoutNanos() : 0);
    }

    private void afterPoll() {
        meter.enter(Phase.PENDING);
        pending.run(MAX_PENDING_ROUNDS);
        meter.enter(Phase.CHECK);
        check.run();
        meter.enter(Phase.CLOSING);
        closing.run();
        core.time().update();
        turns.updated();
        runTimers();
    }

    /** Runs the timers that are due. */
    public void runTimers() {
        meter.enter(Phase.TIMERS);
        core.timers().run();
        meter.enter(Phase.NONE);
    }

    /** Returns whether completions or idle entries are due in the next iteration. */
    public boolean hasEntries() {
        return !pending.isEmpty() || !idle.isEmpty();
    }

    /** Returns whether a reason to go on is left, other than tasks of other threads. */
    public boolean hasWork() {
        return core.isKeptAlive() || hasDueCallbacks();
    }

    private boolean hasDueCallbacks() {
        return !pending.isEmpty() || !closing.isEmpty() || !core.ticks().isEmpty();
    }

    /** Returns how long the poll phase may wait, in nanoseconds: 0 means not at all, -1 without limit. */
    public long pollTimeoutNanos() {
        boolean mustNotWait =
                core.runState().isStopping() || !core.isKeptAlive() || hasDueCallbacks() || !idle.isEmpty();
        return mustNotWait ? 0 : core.timers().nanosUntilNext();
    }

    /** Returns the same for a caller that waits outside of the loop, see {@link io.chagres.loop.Loop#backendTimeoutNanos()}. */
    public long backendTimeoutNanos() {
        long nanos = poller.hasChanges() ? 0 : pollTimeoutNanos();
        if (nanos > 0) {
            // the cached time is that of the last iteration
            nanos = Math.max(0, nanos - (core.time().clockNanos() - core.time().nowNanos()));
        }
        return nanos != 0 && core.mailbox().fallAsleep() ? nanos : 0;
    }

    @Override
    public String toString() {
        return "Phases (" + pending + ", " + closing + ")";
    }
}
