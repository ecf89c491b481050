package io.chagres.stream;

import io.chagres.loop.ChagresException;
import io.chagres.loop.UsageException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Tells that what it was handed to shall end; made by an {@link AbortController}. One signal may go to several, of one loop.
 *
 * @see <a href="https://nodejs.org/api/globals.html#class-abortsignal">AbortSignal</a>
 */
public final class AbortSignal {

    /** Takes a listener off, of equal ones too only itself. */
    private final class Registration implements Runnable {
        private final Runnable listener;

        Registration(Runnable listener) {
            this.listener = listener;
        }

        @Override
        public void run() {
            listeners.remove(this);
        }
    }

    /** In order of registration. A set, since all sockets of a server may listen, and each leaves when it closes. */
    private Set<Registration> listeners = new LinkedHashSet<>(1);
    private boolean aborted;
    private Throwable reason;

    AbortSignal() {
    }

    /** Whether it was aborted. */
    public boolean isAborted() {
        return aborted;
    }

    /** Why it was aborted, or null. */
    public Throwable reason() {
        return reason;
    }

    /** What something that is ended by it fails with: code ABORT_ERR, and the reason as its cause. */
    public ChagresException error() {
        return new ChagresException("ABORT_ERR", "The operation was aborted", reason);
    }

    /**
     * Adds a listener for the abort, which comes at most once; where it has come already, never.
     *
     * @return takes the listener off again: whoever is over must not be held by a signal that lives on
     */
    public Runnable onAbort(Runnable listener) {
        Registration registration = new Registration(UsageException.requireArgument(listener, "listener"));
        listeners.add(registration);
        return registration;
    }

    /** How many listen. */
    public int listeners() {
        return listeners.size();
    }

    /** Returns its state, as in "AbortSignal (not aborted)" and "AbortSignal (aborted: java.lang.InterruptedException)". */
    @Override
    public String toString() {
        Throwable cause = reason;
        return "AbortSignal (" + (!aborted ? "not aborted)" : cause == null ? "aborted)"
            : "aborted: " + cause.getClass().getName() + ")");
    }

    void abort(Throwable reason) {
        if (aborted) {
            return;
        }
        aborted = true;
        this.reason = reason;
        Set<Registration> told = listeners;
        listeners = new LinkedHashSet<>(1);
        told.forEach(registration -> registration.listener.run());
    }
}
