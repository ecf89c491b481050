package io.chagres.net;

/** The numbers of a server, read on a thread of JMX. */
final class ServerBean implements ServerMXBean {

    private final Server server;
    private final ServerConnections connections;

    ServerBean(Server server) {
        this.server = server;
        this.connections = server.list();
    }

    @Override
    public String getState() {
        return server.toString();
    }

    @Override
    public int getConnections() {
        return connections.count();
    }

    @Override
    public int getMaxConnections() {
        return connections.max();
    }

    @Override
    public long getAccepted() {
        return connections.acceptedCount();
    }

    @Override
    public long getDropped() {
        return connections.droppedCount();
    }

    @Override
    public long getBlocked() {
        return connections.blockedCount();
    }

    @Override
    public long getAcceptErrors() {
        return connections.errorCount();
    }

    @Override
    public String toString() {
        return "ServerBean of " + server;
    }
}
