package io.chagres.loop.internal;

/**
 * A listener that may keep the first part of a message, whose rest has not arrived. A stream with such a listener is not idle: a server that
 * closes with a grace period, or passes its connections on, waits for the rest.
 */
public interface PartListener {

    /** Returns whether it keeps a part of a message now. */
    boolean hasPart();
}
