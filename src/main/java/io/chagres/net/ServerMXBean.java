package io.chagres.net;

/**
 * The numbers of a server for JMX: {@code io.chagres:type=Server,loop=<thread>,name=<address>}. {@link ServerBeans} registers it. All
 * methods may be called from any thread, and the values are a moment old.
 */
public interface ServerMXBean {

    /** Returns the state of the server in a line, as {@link Server#toString()} does. */
    String getState();

    /** Returns the number of open connections, see {@link Server#connectionCount()}. */
    int getConnections();

    /** Returns the maximum number of connections, see {@link Server#setMaxConnections}. */
    int getMaxConnections();

    /** Returns the number of connections that became sockets, see {@link Server#acceptedCount()}. It only grows. */
    long getAccepted();

    /** Returns the number of connections that were closed at once, see {@link Server#droppedCount()}. It only grows. */
    long getDropped();

    /** Returns the number of connections that the block list has refused, see {@link Server#blockedCount()}. It only grows. */
    long getBlocked();

    /** Returns the number of lasting failures of accept(2), see {@link Server#acceptErrorCount()}. It only grows. */
    long getAcceptErrors();
}
