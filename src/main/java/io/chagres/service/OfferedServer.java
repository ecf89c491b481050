package io.chagres.service;

import io.chagres.net.DetachedSocket;
import io.chagres.net.Server;
import io.chagres.sys.Descriptors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A server of the offer's loop. */
record OfferedServer(String name, Server server, boolean isMoving) implements Offered {

    @Override
    public List<Integer> listening() {
        return server.fd() < 0 ? List.of() : List.of(server.fd());
    }

    @Override
    public void pause() {
        server.pauseAccepting();
    }

    @Override
    public void resume() {
        server.resumeAccepting();
    }

    @Override
    public void release() {
        if (server.fd() >= 0) {
            Descriptors.close(server.detach());
        }
    }

    @Override
    public void detachIdle(int max, Consumer<List<IdleConnection>> found) {
        List<IdleConnection> idle = new ArrayList<>();
        IdleConnection.detachAll(
                server, new AtomicInteger(max), connection -> idle.add(new IdleConnection(connection, this::giveBack)));
        found.accept(idle);
    }

    private void giveBack(DetachedSocket connection) {
        if (!server.adopt(connection)) {
            connection.close();
        }
    }

    @Override
    public void close(Duration grace) {
        server.close(grace);
    }

    @Override
    public void destroyConnections() {
        server.closeAllConnections();
    }

    @Override
    public boolean isEmpty() {
        return server.connectionCount() == 0;
    }
}
