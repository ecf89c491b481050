package io.chagres.service;

import io.chagres.group.GroupServer;
import io.chagres.loop.Loop;
import io.chagres.net.DetachedSocket;
import io.chagres.net.ListeningSocket;
import io.chagres.net.Server;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A server of several loops. Each of them takes its idle connections out on its own thread, and the offer's loop sends them. */
final class OfferedGroup implements Offered {

    private final Loop loop;
    private final String name;
    private final GroupServer server;
    private final boolean moving;
    /** The connections on their way back to their loops. */
    private final AtomicInteger returning = new AtomicInteger();

    /** @param loop the loop of the offer */
    OfferedGroup(Loop loop, String name, GroupServer server, boolean moving) {
        this.loop = loop;
        this.name = name;
        this.server = server;
        this.moving = moving;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Integer> listening() {
        return server.listeners().stream().map(ListeningSocket::fd).toList();
    }

    @Override
    public boolean isMoving() {
        return moving;
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
        server.listeners().forEach(ListeningSocket::keepFile);
        server.stopListening();
    }

    @Override
    public void detachIdle(int max, Consumer<List<IdleConnection>> found) {
        AtomicInteger room = new AtomicInteger(max);
        Queue<IdleConnection> idle = new ConcurrentLinkedQueue<>();
        server.forEach(own -> IdleConnection.detachAll(
                        own, room, connection -> idle.add(new IdleConnection(connection, back -> giveBack(own, back)))))
                .whenComplete((none, loopHasEnded) -> deliver(List.copyOf(idle), found));
    }

    private void deliver(List<IdleConnection> idle, Consumer<List<IdleConnection>> found) {
        try {
            loop.execute(() -> found.accept(idle));
        } catch (RejectedExecutionException offerHasEnded) {
            idle.forEach(IdleConnection::giveBack);
        }
    }

    private void giveBack(Server own, DetachedSocket connection) {
        returning.incrementAndGet();
        try {
            own.loop().execute(() -> {
                try {
                    own.adopt(connection);
                } finally {
                    connection.close(); // without effect if it was adopted
                    returning.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException loopHasEnded) {
            connection.close();
            returning.decrementAndGet();
        }
    }

    @Override
    public void close(Duration grace) {
        server.close(grace);
    }

    @Override
    public void destroyConnections() {
        server.forEach(Server::closeAllConnections);
    }

    @Override
    public boolean isEmpty() {
        return returning.get() == 0 && server.connections() == 0;
    }

    /** Returns the name and the server, for messages. */
    @Override
    public String toString() {
        return "OfferedGroup (" + name + ", " + server + ")";
    }
}
