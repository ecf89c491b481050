package io.chagres.loop.internal;

/** The phases of an iteration other than the timers, and whether they have anything to do. */
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

    private final LoopCore core;

    /** The poller is made last: it owns descriptors, which an Error in a later step would leave open. */
    Phases(LoopCore core, PendingQueue pending) {
        this.core = core;
        this.pending = pending;
        idle = new PhaseList(core.callbacks());
        prepare = new PhaseList(core.callbacks());
        check = new PhaseList(core.callbacks());
        closing = new ClosingList(core.callbacks());
        poller = new Poller(core.time(), core.mailbox(), core.callbacks(), pending, core.meter());
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
