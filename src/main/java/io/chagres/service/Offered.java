package io.chagres.service;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The things that are offered under one name: sockets that listen, and perhaps the connections of their server. It is used on the loop of the offer. */
interface Offered {

    String name();

    /** Returns the descriptors that listen now. */
    List<Integer> listening();

    /** Returns whether idle connections are offered too. */
    boolean isMoving();

    /** Accepts no more: the new process listens. */
    void pause();

    /** Accepts again: the new process has failed. */
    void resume();

    /** Closes the listening sockets and leaves the connections: the new process has taken over. */
    void release();

    /**
     * Takes connections that are idle out of their sockets.
     *
     * @param max the maximum of connections
     * @param found gets them once, in this call or later; an empty list if none is idle
     */
    void detachIdle(int max, Consumer<List<IdleConnection>> found);

    /** Lets the connections end as they become idle, within {@code grace}. */
    void close(Duration grace);

    /** Ends all connections at once. */
    void destroyConnections();

    /** Returns whether no connection is left. */
    boolean isEmpty();
}
