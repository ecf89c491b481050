package io.chagres.stream;

import io.chagres.loop.SystemException;

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
    default void onError(SystemException error) {
    }
}
