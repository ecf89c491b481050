package io.chagres.service;

import io.chagres.SystemException;
import io.chagres.net.DetachedSocket;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import io.chagres.sys.Cmsg;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that move to the new process. Each is kept here until the new process has answered: if it does not want the connection,
 * or ends, the connection returns to its server.
 */
final class Moves {

    /** The maximum that waits for an answer: that many descriptors may be on their way, SCM_MAX_FD of the kernel. */
    private static final int MAX_PENDING = Cmsg.MAX_FDS;

    private record Move(String name, Server server, DetachedSocket connection) {}

    private final Channel channel;
    private final List<Offered> offered;
    private final Map<Integer, Move> pending = new LinkedHashMap<>();
    private final Set<String> declined = new HashSet<>();
    private final Set<String> settled = new HashSet<>();
    private int nextId;

    Moves(Channel channel, List<Offered> offered) {
        this.channel = channel;
        this.offered = offered;
    }

    /** Sends connections that are idle now, at most one batch. */
    void send() {
        for (Offered one : offered) {
            if (one.isMoving() && one.server() != null && !declined.contains(one.name())) {
                send(one.name(), one.server());
            }
        }
    }

    private void send(String name, Server server) {
        for (Socket socket : server.connections()) {
            if (pending.size() == MAX_PENDING) {
                return;
            }
            if (canMove(socket)) {
                send(name, server, socket.detach());
            }
        }
    }

    private static boolean canMove(Socket socket) {
        boolean isLayered = socket.layer() != null && !socket.layer().isDestroyed();
        return !isLayered && socket.isIdle() && socket.isWritable() && socket.isReadable();
    }

    private void send(String name, Server server, DetachedSocket connection) {
        int id = nextId++;
        pending.put(id, new Move(name, server, connection));
        try {
            channel.send(
                    Frame.connection(Channel.inode(connection.fd()), id, name, connection.state()), connection.fd());
        } catch (SystemException refused) {
            pending.remove(id);
            giveBack(server, connection);
            throw refused;
        }
    }

    void answered(int id, boolean taken) {
        Move move = pending.remove(id);
        if (move == null) {
            throw new IllegalArgumentException("no connection has the id " + id);
        }
        if (taken) {
            move.connection.close();
        } else {
            declined.add(move.name);
            giveBack(move.server, move.connection);
        }
    }

    /** Sends no further connection. */
    void stop() {
        offered.forEach(one -> declined.add(one.name()));
    }

    /** Returns whether the new process has answered for each connection. */
    boolean isAnswered() {
        return pending.isEmpty();
    }

    /** Returns all connections that wait for an answer to their servers. */
    void takeBack() {
        List<Move> moves = List.copyOf(pending.values());
        pending.clear();
        moves.forEach(move -> giveBack(move.server, move.connection));
    }

    private static void giveBack(@Nullable Server server, DetachedSocket connection) {
        if (server == null || !server.adopt(connection)) {
            connection.close();
        }
    }

    // ---- after the commit

    /** Lets each server whose connections do not move, or move no longer, end them as they become idle. */
    void closeSettled(long graceMillis) {
        for (Offered one : offered) {
            boolean moves = one.isMoving() && !declined.contains(one.name()) && !channel.isClosed();
            if (one.server() != null && !moves && settled.add(one.name())) {
                one.server().close(Duration.ofMillis(graceMillis));
            }
        }
    }

    void destroyAll() {
        servers().forEach(Server::closeAllConnections);
    }

    void closeServers() {
        servers().forEach(Server::close);
    }

    boolean isDone() {
        return pending.isEmpty() && servers().stream().allMatch(server -> server.connectionCount() == 0);
    }

    private List<Server> servers() {
        List<Server> servers = new ArrayList<>();
        for (Offered one : offered) {
            if (one.server() != null) {
                servers.add(one.server());
            }
        }
        return servers;
    }
}
