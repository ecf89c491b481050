package io.chagres.socket;

import io.chagres.SystemException;

/**
 * Hears of the connections that come to a listening {@link StreamHandle}, from the poll phase.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/stream.html#c.uv_connection_cb">uv_connection_cb</a>
 */
@FunctionalInterface
public interface ConnectionListener {

    /** A connection is there, for {@link StreamHandle#accept} to take; no further one is accepted before. */
    void onConnection();

    /**
     * Connections can't be accepted at the moment: ENFILE or EMFILE where not even one was left to shed them with, ENOMEM,
     * ENOBUFS, or another error of accept(2) that keeps coming back. It rests, and tries again by itself. By default, nothing.
     */
    default void onError(SystemException error) {}

    /**
     * A connection was accepted that can't be kept, since the process has no descriptor to spare for it. It is closed as soon as
     * this returns. Comes from the poll phase. By default, nothing.
     *
     * @param fd its descriptor, to ask the kernel for addresses; it must not be closed, nor used after the return
     */
    default void onShed(int fd) {}
}
