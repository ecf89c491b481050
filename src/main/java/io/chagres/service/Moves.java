package io.chagres.service;

import io.chagres.SystemException;
import io.chagres.net.DetachedSocket;
import io.chagres.sys.Cmsg;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The connections that move to the new process. Each is kept here until the new process has answered: if it does not want the connection,
 * or ends, the connection returns to its server.
 */
final class Moves {

    /** The maximum that waits for an answer: that many descriptors may be on their way, SCM_MAX_FD of the kernel. */
    private static final int MAX_PENDING = Cmsg.MAX_FDS;

    private record Move(String name, IdleConnection connection) {}

    private final Channel channel;
    private final List<Offered> offered;
    private final Runnable settled;
    private final Map<Integer, Move> pending = new LinkedHashMap<>();
    private final Set<String> declined = new HashSet<>();
    private final Set<String> closed = new HashSet<>();
    private int nextId;
    /** The connections that searches of other loops may still find. */
    private int expected;

    private boolean isSending;

    /** @param settled called when no connection is idle, and the new process has answered for all that were sent */
    Moves(Channel channel, List<Offered> offered, Runnable settled) {
        this.channel = channel;
        this.offered = offered;
        this.settled = settled;
    }

    /** Sends connections that are idle now, at most one batch. Those of other loops follow when they are found. */
    void send() {
        isSending = true;
        for (Offered one : offered) {
            int room = MAX_PENDING - pending.size() - expected;
            if (isWanted(one) && room > 0) {
                expected += room;
                one.detachIdle(room, found -> found(one, room, found));
            }
        }
        isSending = false;
        checkSettled();
    }

    private boolean isWanted(Offered one) {
        return one.isMoving() && !declined.contains(one.name()) && !channel.isClosed();
    }

    private void found(Offered one, int room, List<IdleConnection> found) {
        expected -= room;
        for (IdleConnection connection : found) {
            if (!isWanted(one) || !send(one.name(), connection)) {
                connection.giveBack();
            }
        }
        checkSettled();
    }

    /** Sends a connection. Returns false if there is no descriptor to spare: the connections stay. */
    private boolean send(String name, IdleConnection idle) {
        int id = nextId++;
        DetachedSocket connection = idle.connection();
        pending.put(id, new Move(name, idle));
        try {
            channel.send(
                    Frame.connection(Channel.inode(connection.fd()), id, name, connection.state()), connection.fd());
            return true;
        } catch (SystemException refused) {
            pending.remove(id);
            stop();
            return false;
        }
    }

    void answered(int id, boolean taken) {
        Move move = pending.remove(id);
        if (move == null) {
            throw new IllegalArgumentException("no connection has the id " + id);
        }
        if (taken) {
            move.connection.connection().close();
        } else {
            declined.add(move.name);
            move.connection.giveBack();
        }
    }

    /** Sends no further connection. */
    private void stop() {
        offered.forEach(one -> declined.add(one.name()));
    }

    /** Returns whether the new process has answered for each connection, and no search is going on. */
    boolean isAnswered() {
        return pending.isEmpty() && expected == 0;
    }

    private void checkSettled() {
        if (!isSending && isAnswered() && !channel.isClosed()) {
            settled.run();
        }
    }

    /** Returns all connections that wait for an answer to their servers. */
    void takeBack() {
        List<Move> moves = List.copyOf(pending.values());
        pending.clear();
        moves.forEach(move -> move.connection.giveBack());
    }

    // ---- after the commit

    /** Lets each server whose connections do not move, or move no longer, end them as they become idle. */
    void closeSettled(long graceMillis) {
        for (Offered one : offered) {
            if (!isWanted(one) && closed.add(one.name())) {
                one.close(Duration.ofMillis(graceMillis));
            }
        }
    }

    void destroyAll() {
        offered.forEach(Offered::destroyConnections);
    }

    void closeServers() {
        offered.forEach(one -> one.close(Duration.ZERO));
    }

    boolean isDone() {
        return isAnswered() && offered.stream().allMatch(Offered::isEmpty);
    }
}
