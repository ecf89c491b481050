package io.chagres.socket;

import io.chagres.SystemException;

/**
 * Receives the connections of a listening {@link SocketHandle}, in the poll phase. Each method is called with that handle, so that one
 * listener can serve several.
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
     * Called when connections can't be accepted: ENFILE or EMFILE if not even one descriptor was left to shed them with, ENOMEM,
     * ENOBUFS, or another error of accept(2) that keeps coming back. The handle rests and then tries again by itself. Does nothing by
     * default.
     */
    default void onError(SocketHandle listener, SystemException error) {}

    /**
     * Called for a connection that was accepted but can't be kept, since the process has no descriptor to spare for it. It is closed
     * as soon as this returns. Does nothing by default.
     *
     * @param fd its descriptor, to ask the kernel for addresses; it must not be closed, nor used after the return
     */
    default void onShed(SocketHandle listener, int fd) {}
}
