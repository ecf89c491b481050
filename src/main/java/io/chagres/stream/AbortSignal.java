package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
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
        private final LoopCore core;
        private final Runnable listener;

        Registration(LoopCore core, Runnable listener) {
            this.core = core;
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

    AbortSignal() {}

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
        return add(null, listener);
    }

    /**
     * As {@link #onAbort(Runnable)}, of a listener that belongs to {@code loop}: an abort on another thread is refused, and what
     * the listener throws goes to {@link Loop#setUncaughtHandler}.
     */
    public Runnable onAbort(Loop loop, Runnable listener) {
        return add(LoopCore.of(UsageException.requireArgument(loop, "loop")), listener);
    }

    private Runnable add(LoopCore core, Runnable listener) {
        Registration registration = new Registration(core, UsageException.requireArgument(listener, "listener"));
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
        return "AbortSignal ("
                + (!aborted
                        ? "not aborted)"
                        : cause == null
                                ? "aborted)"
                                : "aborted: " + cause.getClass().getName() + ")");
    }

    /** Everything that can fail comes before the first change. */
    void abort(Throwable reason) {
        if (aborted) {
            return;
        }
        for (Registration registration : listeners) {
            if (registration.core != null) {
                registration.core.checkThread();
            }
        }
        Registration[] told = listeners.toArray(Registration[]::new);
        listeners = new LinkedHashSet<>(1);
        this.reason = reason;
        aborted = true;
        runAll(told);
    }

    /** Calls each listener, whatever the others throw. What a listener without a loop throws is thrown in the end, the first of it. */
    private static void runAll(Registration[] told) {
        Throwable first = null;
        for (Registration registration : told) {
            try {
                registration.listener.run();
            } catch (Throwable thrown) {
                if (registration.core != null) {
                    registration.core.callbacks().raise(thrown);
                } else if (first == null) {
                    first = thrown;
                } else if (first != thrown) {
                    first.addSuppressed(thrown);
                }
            }
        }
        if (first != null) {
            throw AbortSignal.<RuntimeException>asIs(first);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T asIs(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
