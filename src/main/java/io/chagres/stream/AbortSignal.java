package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A signal that ends what it was handed to, for example a connect, a socket or a server. An {@link AbortController} makes and aborts it.
 * One signal may be handed to several of them, on one loop.
 *
 * <p>A signal belongs to the thread of that loop. It is aborted at most once.
 *
 * @see <a href="https://nodejs.org/api/globals.html#class-abortsignal">AbortSignal</a>
 */
public final class AbortSignal {

    /** One listener. Its run removes it, and no other, even if the same listener was added twice. */
    private final class Registration implements Runnable {
        private final @Nullable LoopCore core;
        private final Runnable listener;

        Registration(@Nullable LoopCore core, Runnable listener) {
            this.core = core;
            this.listener = listener;
        }

        @Override
        public void run() {
            listeners.remove(this);
        }
    }

    // in the order of registration; a set, since all sockets of a server may listen, and each is removed when it closes
    private Set<Registration> listeners = new LinkedHashSet<>(1);

    private boolean aborted;
    private @Nullable Throwable reason;

    AbortSignal() {}

    /** Returns whether the signal was aborted. */
    public boolean isAborted() {
        return aborted;
    }

    /** Returns the reason that was given to {@link AbortController#abort(Throwable)}, or null. */
    public @Nullable Throwable reason() {
        return reason;
    }

    /** Returns a new error with the code ABORT_ERR and the reason as its cause: what is ended by the signal fails with such an error. */
    public ChagresException error() {
        return new ChagresException("ABORT_ERR", "The operation was aborted", reason);
    }

    /**
     * Adds a listener for the abort. It is called at most once, inside {@link AbortController#abort()}, and never if the signal is aborted
     * already: ask {@link #isAborted()} first.
     *
     * <p>A signal may live longer than the objects that listen to it. Such an object must remove its listener when it has ended, because the
     * signal holds it until then.
     *
     * <pre>{@code
     * Runnable remover = signal.onAbort(loop, () -> request.cancel(signal.error()));
     * request.onEnd(remover);
     * }</pre>
     *
     * @return a function that removes the listener
     * @throws UsageException EINVAL if {@code listener} is null
     * @see <a href="https://nodejs.org/api/globals.html#event-abort">Event: 'abort'</a>
     */
    public Runnable onAbort(Runnable listener) {
        return add(null, listener);
    }

    /**
     * Adds a listener that belongs to {@code loop}: an abort on another thread than the loop's throws {@link WrongThreadException}, and
     * what the listener throws goes to {@link Loop#setUncaughtHandler}. See {@link #onAbort(Runnable)}.
     *
     * @return a function that removes the listener
     * @throws UsageException EINVAL if an argument is null
     */
    public Runnable onAbort(Loop loop, Runnable listener) {
        return add(LoopCore.of(UsageException.requireArgument(loop, "loop")), listener);
    }

    private Runnable add(@Nullable LoopCore core, Runnable listener) {
        Registration registration = new Registration(core, UsageException.requireArgument(listener, "listener"));
        listeners.add(registration);
        return registration;
    }

    /** Returns the number of listeners; 0 after the abort. */
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

    /** Aborts the signal once. Everything that can fail comes before the first change. */
    void abort(@Nullable Throwable reason) {
        if (aborted) {
            return;
        }
        for (Registration registration : listeners) {
            if (registration.core != null) {
                registration.core.checkThread();
            }
        }
        Registration[] registrations = listeners.toArray(Registration[]::new);
        listeners = new LinkedHashSet<>(1);
        this.reason = reason;
        aborted = true;
        runAll(registrations);
    }

    /** Calls all listeners, even if one of them throws. The first exception of a listener without a loop is thrown at the end. */
    private static void runAll(Registration[] registrations) {
        Throwable first = null;
        for (Registration registration : registrations) {
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

    /** Throws {@code thrown}, checked or not, without wrapping it. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T asIs(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
