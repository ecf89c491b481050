package io.chagres.stream;

/**
 * Ends what was begun with its {@link #signal()}: a connect, a socket, a server.
 *
 * <pre>{@code
 * AbortController controller = new AbortController();
 * Net.connect(loop, new ConnectOptions().port(9297).signal(controller.signal()));
 * controller.abort();
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/globals.html#class-abortcontroller">AbortController</a>
 */
public final class AbortController {

    private final AbortSignal signal = new AbortSignal();

    /** A controller whose signal is not aborted. */
    public AbortController() {
    }

    /** What to hand to those who shall be ended. */
    public AbortSignal signal() {
        return signal;
    }

    /** As {@link #abort(Throwable)}, without a reason. */
    public void abort() {
        abort(null);
    }

    /**
     * Aborts, once: called again, has no effect. Those who listen are told inside this call, so it must be made on the thread
     * of their loop.
     *
     * @param reason becomes the cause of the error, may be null
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
