package io.chagres.stream;

import org.jspecify.annotations.Nullable;

/**
 * A switch that ends everything its {@link #signal()} was handed to: a connect, a socket, a server, a stream.
 *
 * <pre>{@code
 * AbortController controller = new AbortController();
 * Net.connect(loop, SocketOptions.defaults().signal(controller.signal()), ConnectOptions.to(9297));
 * controller.abort();
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/globals.html#class-abortcontroller">AbortController</a>
 */
public final class AbortController {

    private final AbortSignal signal = new AbortSignal();

    /** Creates a controller whose signal is not aborted. */
    public AbortController() {}

    /** Returns the signal, to be handed to what this controller should be able to end. */
    public AbortSignal signal() {
        return signal;
    }

    /** Aborts the signal without a reason: see {@link #abort(Throwable)}. */
    public void abort() {
        abort(null);
    }

    /**
     * Aborts the signal: everything it was handed to fails with ABORT_ERR. Calling it again is a no-op.
     *
     * <p>All listeners run inside this call, in the order in which they were added, even if one of them throws. What a listener of a loop
     * throws goes to {@link io.chagres.loop.Loop#setUncaughtHandler}. What another listener throws is thrown from this call when all
     * listeners have run.
     *
     * <p>The call belongs to the thread of the loop that the sockets and servers of the signal belong to. Another thread calls {@code
     * loop.execute(controller::abort)}.
     *
     * @param reason the cause of the error, or null
     * @throws WrongThreadException on another thread than that of the loop; nothing has changed then
     * @see <a href="https://nodejs.org/api/globals.html#abortcontrollerabortreason">abortController.abort</a>
     */
    public void abort(@Nullable Throwable reason) {
        signal.abort(reason);
    }

    /** Returns the state of its signal, as in "AbortController of AbortSignal (not aborted)". */
    @Override
    public String toString() {
        return "AbortController of " + signal;
    }
}
