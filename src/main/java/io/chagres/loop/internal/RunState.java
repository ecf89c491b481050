package io.chagres.loop.internal;

import java.util.concurrent.atomic.AtomicBoolean;

/** The state of a loop: running or not, and stopping or not. */
public final class RunState {

    /** Atomic, because a second thread may try to run the loop. */
    private final AtomicBoolean running = new AtomicBoolean();

    private final Meter meter;
    private boolean stopping;

    RunState(Meter meter) {
        this.meter = meter;
    }

    /** Begins a run or a close; returns false if one is in progress. Any thread. */
    public boolean begin() {
        if (!running.compareAndSet(false, true)) {
            return false;
        }
        meter.beginRun();
        return true;
    }

    /** Ends the run or the close. */
    public void end() {
        stopping = false;
        meter.endRun();
        running.set(false);
    }

    /** Returns whether the loop runs or closes; the cached time is that of the current iteration then. Any thread. */
    public boolean isRunning() {
        return running.get();
    }

    /** Ends the run after the current iteration. */
    public void stop() {
        stopping = true;
    }

    /** Cancels a {@link #stop()}. */
    public void goOn() {
        stopping = false;
    }

    /** Returns whether the run ends after the current iteration. */
    public boolean isStopping() {
        return stopping;
    }

    @Override
    public String toString() {
        return "RunState (" + (isRunning() ? "running" : "not running") + (stopping ? ", stopping)" : ")");
    }
}
