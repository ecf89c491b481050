package io.chagres.loop.internal;

import io.chagres.ChagresException;
import org.jspecify.annotations.Nullable;

/**
 * The calls of user code: the exception of a callback goes to the {@link Failures}, and the ticks that the callback queued run right
 * after it.
 */
public final class Callbacks {

    private final TickQueue ticks;
    private final Failures failures;

    Callbacks(TickQueue ticks, Failures failures) {
        this.ticks = ticks;
        this.failures = failures;
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
        try {
            callback.run();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    // one method for each kind of entry: a shared one would need a lambda, which is garbage for each event

    void invoke(Watcher watcher, int events) {
        try {
            watcher.onReady(events);
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    void invoke(TimerEntry timer) {
        try {
            timer.fire();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    void invoke(PhaseEntry entry) {
        try {
            entry.run();
        } catch (Throwable thrown) {
            raise(thrown);
        }
        ticks.drain();
    }

    void invoke(Resident closing) {
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

    private void invoke(Task task) {
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
