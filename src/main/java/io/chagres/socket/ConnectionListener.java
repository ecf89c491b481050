package io.chagres.socket;

import io.chagres.SystemException;

/**
 * Receives the connections of a listening {@link SocketHandle}, in the poll phase. Each method is called with that handle, so that one
 * listener can serve several.
 *
 * <pre>{@code
 * tcp.listen(Tcp.DEFAULT_BACKLOG, new ConnectionListener() {
 *     public void onConnection(SocketHandle listener) {
 *         serve(listener.accept());
 *     }
 *
 *     public void onError(SocketHandle listener, SystemException error) {
 *         log(error);   // the handle tries again
 *     }
 * });
 * }</pre>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/stream.html#c.uv_connection_cb">uv_connection_cb</a>
 */
@FunctionalInterface
public interface ConnectionListener {

    /**
     * Called when a connection waits for {@link SocketHandle#accept()}. No further connection is accepted until the waiting one is
     * taken, in this call or later.
     *
     * @param listener the handle that listens
     */
    void onConnection(SocketHandle listener);

    /**
     * Called when connections can't be accepted. The handle rests for 20 ms and then tries again by itself. Does nothing by default.
     *
     * @param listener the handle that listens
     * @param error EMFILE or ENFILE if no descriptor was left, not even to accept connections and close them; ENOMEM; ENOBUFS; or
     *     another error of accept(2) that has come back 64 times in a row
     */
    default void onError(SocketHandle listener, SystemException error) {}

    /**
     * Called for a connection that was accepted but can't be kept, since the process has no descriptor to spare for it. The connection
     * is closed as soon as this method returns. Does nothing by default.
     *
     * @param listener the handle that listens
     * @param fd the descriptor of the connection, to ask the kernel for addresses. It must not be closed, nor used after the return
     */
    default void onShed(SocketHandle listener, int fd) {}
}
