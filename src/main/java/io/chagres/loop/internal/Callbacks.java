package io.chagres.loop.internal;

import io.chagres.ChagresException;
import org.jspecify.annotations.Nullable;

/**
 * The calls of user code: the exception of a callback goes to the {@link Failures}, and the ticks that the callback queued run right
 * after it.
 *
 * <p>A loop that is made while a {@link LoopObserver} is installed has a subclass. If there is none, the subclass is not loaded, and the
 * compiler of the JVM takes these methods for final.
 */
public class Callbacks {

    /** The observer of the loops that are made from now on. */
    static volatile @Nullable LoopObserver observer;

    private final TickQueue ticks;
    private final Failures failures;
    private final Meter meter;

    Callbacks(TickQueue ticks, Failures failures, Meter meter) {
        this.ticks = ticks;
        this.failures = failures;
        this.meter = meter;
    }

    /** Makes the calls of a new loop: observed, if an observer is installed now. */
    static Callbacks of(TickQueue ticks, Failures failures, Meter meter) {
        return observer == null ? new Callbacks(ticks, failures, meter) : TracedCallbacks.of(ticks, failures, meter);
    }

    /** Calls the uncaught handler with {@code thrown}, as {@link Failures#raise} does; never throws. */
    public void raise(Throwable thrown) {
        failures.raise(thrown);
    }

    /** Raises an error event for which {@code emitter} has no listener. The text of {@code error} says so then. */
    public void raiseUnheard(ChagresException error, Object emitter) {
        error.unheardBy(emitter);
        raise(error);
    }

    /** Runs the ticks that the callback which has just returned queued. */
    public void drainTicks() {
        ticks.drain();
    }

    /** Runs {@code callback}, then its ticks. */
    public void invoke(Runnable callback) {
        meter.callback();
        try {
            callback.run();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    // one method for each kind of entry: a shared one would need a lambda, which is garbage for each event

    void invoke(Watcher watcher, int events) {
        meter.callback();
        try {
            watcher.onReady(events);
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    void invoke(TimerEntry timer) {
        meter.callback();
        try {
            timer.fire();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    void invoke(PhaseEntry entry) {
        meter.callback();
        try {
            entry.run();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    void invoke(Resident closing) {
        meter.callback();
        try {
            closing.finishClose();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    /** Runs {@code first} and the tasks linked behind it; returns their number. */
    int run(@Nullable Task first) {
        int count = 0;
        for (Task task = first; task != null; count++) {
            Task following = task.next;
            task.next = null;
            invoke(task);
            task = following;
        }
        return count;
    }

    void invoke(Task task) {
        meter.callback();
        try {
            task.run();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    @Override
    public String toString() {
        return "Callbacks (" + (ticks.isEmpty() ? "no ticks)" : "ticks wait)");
    }
}
