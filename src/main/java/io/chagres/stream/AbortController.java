package io.chagres.stream;

/**
 * Ends what was begun with its {@link #signal()}: a connect, a socket, a server.
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

    /** A controller whose signal is not aborted. */
    public AbortController() {}

    /** What to hand to those who shall be ended. */
    public AbortSignal signal() {
        return signal;
    }

    /** As {@link #abort(Throwable)}, without a reason. */
    public void abort() {
        abort(null);
    }

    /**
     * Aborts, once: called again, it has no effect. All listeners run inside this call, in the order in which they were added,
     * whatever one of them throws. What a listener of a loop throws goes to {@link io.chagres.loop.Loop#setUncaughtHandler}; what another
     * throws is thrown from here when all have run.
     *
     * <p>It must be called on the thread of the loop that the sockets and servers of the signal belong to; from another thread:
     * {@code loop.execute(controller::abort)}.
     *
     * @param reason becomes the cause of the error, may be null
     * @throws WrongThreadException on another thread than that of the loop; nothing has changed then
     */
    public void abort(Throwable reason) {
        signal.abort(reason);
    }

    /** Returns the state of its signal. */
    @Override
    public String toString() {
        return "AbortController of " + signal;
    }
}
