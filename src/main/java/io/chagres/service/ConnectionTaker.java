package io.chagres.service;

import io.chagres.net.DetachedSocket;

/** Receives the idle connections of the old process, see {@link Takeover#ready(io.chagres.loop.Loop, ConnectionTaker)}. */
@FunctionalInterface
public interface ConnectionTaker {

    /**
     * Takes a connection, usually with {@link io.chagres.net.Server#adopt(DetachedSocket)}. If the result is false, or this throws, the old
     * process goes on with the connection, and sends no further one of that name.
     *
     * @param name the name of the listener that has accepted it
     * @return whether the connection belongs to this process now
     */
    boolean take(String name, DetachedSocket connection);
}
