package io.chagres.net;

import io.chagres.loop.internal.LoopCore;
import io.chagres.net.DroppedConnection.Reason;
import io.chagres.proxy.ProxyHeader;
import io.chagres.socket.SocketHandle;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The connections of a server that wait for their header of the PROXY protocol, in order of their arrival. They are no sockets yet. The
 * table of {@link ProxyProtocol} says what becomes of them.
 */
final class HeaderGate {

    private static final byte[] NOTHING = {};
    /** A header that is longer is read in several pieces. */
    private static final int ROOM = 4096;

    private final ServerConnections connections;
    private final LoopCore core;
    private final ProxyProtocol protocol;
    private final Set<AwaitedHeader> waiting = new LinkedHashSet<>();
    /** The memory that all headers are read into: parsers copy the bytes. */
    private final ByteBuffer room = ByteBuffer.allocate(ROOM);

    HeaderGate(ServerConnections connections, LoopCore core, ProxyProtocol protocol) {
        this.connections = connections;
        this.core = core;
        this.protocol = protocol;
    }

    /** Returns whether {@code connection} comes from an address that can pass. */
    boolean mayWait(SocketHandle connection) {
        return !protocol.isRequired() || protocol.isTrusted(connection);
    }

    /** Waits for the header of {@code connection}. If an Error ends this, the connection is closed. */
    void await(SocketHandle connection) {
        try {
            AwaitedHeader awaited =
                    new AwaitedHeader(this, connection, protocol.parser(), protocol.isTrusted(connection));
            awaited.begin(core, protocol.timeoutMicros());
            waiting.add(awaited);
        } catch (Throwable broken) {
            connection.close();
            throw broken;
        }
    }

    /** Returns the room for the next read of at most {@code size} bytes. */
    ByteBuffer room(int size) {
        return room.clear().limit(Math.min(size, ROOM));
    }

    boolean isRequired() {
        return protocol.isRequired();
    }

    // ---- the end of the wait

    void complete(AwaitedHeader awaited, ProxyHeader header) {
        remove(awaited);
        connections.admit(awaited.connection(), header, NOTHING);
    }

    /** Makes a socket of a connection that has no header; {@code unread} are its first bytes. */
    void direct(AwaitedHeader awaited, byte[] unread) {
        remove(awaited);
        connections.admit(awaited.connection(), null, unread);
    }

    void refuse(AwaitedHeader awaited, Reason reason) {
        remove(awaited);
        connections.refuse(awaited.connection(), reason);
    }

    /** Called when the loop, or another owner, has closed the handle of a connection. */
    void closed(AwaitedHeader awaited) {
        if (waiting.remove(awaited)) {
            awaited.end(core);
            connections.left();
        }
    }

    private void remove(AwaitedHeader awaited) {
        waiting.remove(awaited);
        awaited.end(core);
    }

    /** Closes the connections that wait; if not all, those that no byte has arrived from. */
    void end(boolean all) {
        for (AwaitedHeader awaited : List.copyOf(waiting)) {
            if (all || awaited.isIdle()) {
                remove(awaited);
                awaited.connection().close();
                connections.left();
            }
        }
    }
}
