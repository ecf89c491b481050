package io.chagres.net;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.address.SocketAddress;
import io.chagres.jfr.Flight;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.net.DroppedConnection.Reason;
import io.chagres.proxy.ProxyHeader;
import io.chagres.socket.ConnectionListener;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a server. It accepts them, drops those that exceed the maximum or are blocked, and lists the open ones in order of
 * their arrival. The links of the list are in the sockets themselves: two references each.
 */
final class ServerConnections implements ConnectionListener {

    private static final byte[] NOTHING = {};

    private final Server server;
    private final ServerOptions options;
    private final DuplexOptions duplex;
    /** The connections that wait for their header of the PROXY protocol; null if none needs one. */
    private final @Nullable HeaderGate gate;

    private @Nullable Socket first;
    private @Nullable Socket last;
    private int count;
    private int max = Integer.MAX_VALUE;
    private long acceptedCount;
    private long droppedCount;
    private long blockedCount;
    private long errorCount;
    private @Nullable Listeners<Consumer<? super DroppedConnection>> dropListeners;

    ServerConnections(Server server, ServerOptions options) {
        this.server = server;
        this.options = options;
        duplex = options.duplex();
        ProxyProtocol protocol = options.proxyProtocol();
        gate = protocol == null ? null : new HeaderGate(this, LoopCore.of(server.loop()), protocol);
    }

    // ---- arriving

    @Override
    public void onConnection(SocketHandle listener) {
        SocketHandle accepted = listener.accept();
        if (count >= max) {
            drop(accepted, Reason.MAX_CONNECTIONS);
        } else if (isBlocked(accepted)) {
            block(accepted);
        } else {
            take(accepted);
        }
    }

    private void block(SocketHandle accepted) {
        blockedCount++;
        record("BLOCKED", accepted.fd());
        accepted.close();
    }

    private void take(SocketHandle accepted) {
        if (gate == null) {
            welcome(accepted, null, NOTHING);
        } else if (gate.mayWait(accepted)) {
            gate.await(accepted);
            count++;
        } else {
            drop(accepted, Reason.PROXY_HEADER_UNTRUSTED);
        }
    }

    /** Takes over a connection; returns false if it exceeds the maximum, or is blocked: the caller still owns it then. */
    boolean adopt(SocketHandle connection) {
        if (count >= max || isBlocked(connection)) {
            return false;
        }
        take(connection);
        return true;
    }

    /** Takes over a connection that was taken out of another socket; returns false in the same cases. */
    boolean adopt(DetachedSocket connection) {
        if (options.lent() != null && connection.unread().hasRemaining()) {
            throw new UsageException("EINVAL", "a server with onRead can't take bytes that were read: " + connection);
        }
        int fd = connection.take();
        SocketHandle handle = null;
        boolean taken = false;
        try {
            handle = GivenDescriptor.open(server.loop(), fd);
            taken = count < max && !isBlocked(handle);
        } finally {
            if (!taken) {
                connection.putBack(fd);
            }
            if (!taken && handle != null) {
                handle.giveBack();
            }
        }
        if (taken) {
            welcome(handle, connection);
        }
        return taken;
    }

    // ---- from the gate

    /** Makes a socket of a connection that has waited, unless the block list has the client that its header names. */
    void admit(SocketHandle connection, @Nullable ProxyHeader header, byte[] unread) {
        count--;
        if (header != null && isBlocked(header.source())) {
            block(connection);
            server.closeWhenDrained();
        } else {
            welcome(connection, header, unread);
        }
    }

    /** Drops a connection that has waited. */
    void refuse(SocketHandle connection, Reason reason) {
        count--;
        drop(connection, reason);
        server.closeWhenDrained();
    }

    /** Called when a connection that has waited was closed. */
    void left() {
        count--;
        server.closeWhenDrained();
    }

    @Override
    public void onError(SocketHandle listener, SystemException error) {
        errorCount++;
        if (Flight.isOn()) {
            RefusalRecord.failed(error.code(), listener);
        }
        server.report(error);
    }

    /** Records a connection that is turned away. Without a descriptor, the class that does so can't be loaded: see {@link #onDrop}. */
    private static void record(String reason, int fd) {
        try {
            if (Flight.isOn()) {
                RefusalRecord.refused(reason, fd);
            }
        } catch (LinkageError notLoaded) {
            // the event is lost, and the connection is turned away all the same
        }
    }

    /** Closes a connection. Its addresses are asked for only if there is a listener for them. */
    private void drop(SocketHandle accepted, Reason reason) {
        record(reason.name(), accepted.fd());
        DroppedConnection connection = dropped(accepted.fd(), reason);
        accepted.close();
        emitDropped(connection);
    }

    /** Calls the listeners on a tick: while connections are shed, no descriptor is left for them to use. */
    @Override
    public void onShed(SocketHandle listener, int fd) {
        record(Reason.NO_DESCRIPTORS.name(), fd);
        DroppedConnection connection = dropped(fd, Reason.NO_DESCRIPTORS);
        if (connection != null) {
            LoopCore.of(server.loop()).tick(() -> emitDropped(connection));
        }
    }

    /** Counts a dropped connection, and returns it; null if there is no listener. */
    private @Nullable DroppedConnection dropped(int fd, Reason reason) {
        droppedCount++;
        return dropListeners == null ? null : DroppedConnection.of(fd, reason);
    }

    private void emitDropped(@Nullable DroppedConnection connection) {
        if (connection == null) {
            return;
        }
        for (var at = dropListeners; at != null; at = at.next()) {
            at.listener().accept(connection);
        }
    }

    long acceptedCount() {
        return acceptedCount;
    }

    long droppedCount() {
        return droppedCount;
    }

    long blockedCount() {
        return blockedCount;
    }

    long errorCount() {
        return errorCount;
    }

    /** Returns whether the block list has its peer. A peer that has gone already has no address, and counts as blocked. */
    private boolean isBlocked(SocketHandle accepted) {
        if (options.blockList() == null) {
            return false;
        }
        return switch (accepted) {
            case Tcp tcp -> isBlocked(tcp);
            case Pipe unix -> false;
        };
    }

    private boolean isBlocked(Tcp accepted) {
        try {
            return isBlocked(accepted.remoteAddress());
        } catch (SystemException hasGone) {
            return true;
        }
    }

    private boolean isBlocked(@Nullable SocketAddress address) {
        BlockList blockList = options.blockList();
        return blockList != null && address != null && blockList.check(address);
    }

    /** Makes the socket and hands it out. If a listener throws, the socket is destroyed: no other code may hold a reference. */
    private void welcome(SocketHandle accepted, @Nullable ProxyHeader header, byte[] unread) {
        welcome(new Socket(server.loop(), options, duplex, accepted, server, header), unread, null);
    }

    private void welcome(SocketHandle handle, DetachedSocket earlier) {
        DuplexOptions asBefore = duplex.allowHalfOpen(earlier.allowHalfOpen());
        welcome(new Socket(server.loop(), options, asBefore, handle, server, earlier.proxyHeader()), NOTHING, earlier);
    }

    private void welcome(Socket socket, byte[] unread, @Nullable DetachedSocket earlier) {
        acceptedCount++;
        add(socket);
        try {
            putBack(socket, unread);
            if (earlier != null) {
                Detaching.goOn(socket, earlier);
            }
            applyOptions(socket);
            server.emitConnection(socket);
        } catch (Throwable thrown) {
            socket.destroy();
            LoopCore.of(server.loop()).callbacks().raise(thrown);
        }
    }

    /** Gives {@code socket} bytes that were read before it was made, as its first ones. */
    private static void putBack(Socket socket, byte[] unread) {
        if (unread.length > 0 && socket.connection != null) {
            socket.connection.countUnread(unread.length);
            socket.unshift(ByteBuffer.wrap(unread));
        }
    }

    /** Applies the options. If the kernel refuses one, the error is reported, and the connection lives on without it. */
    private void applyOptions(Socket socket) {
        try {
            options.applyTo(socket);
        } catch (SystemException refused) {
            server.report(refused);
        }
    }

    void onDrop(Consumer<? super DroppedConnection> listener) {
        // loads the class now: without a free descriptor, loading would fail, and never be tried again
        DroppedConnection.of(-1, Reason.NO_DESCRIPTORS);
        dropListeners = Listeners.add(dropListeners, listener);
    }

    void offDrop(Consumer<? super DroppedConnection> listener) {
        dropListeners = Listeners.remove(dropListeners, listener);
    }

    int max() {
        return max;
    }

    void setMax(int maxConnections) {
        if (maxConnections < 0) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"maxConnections\" is out of range. It must be >= 0. Received " + maxConnections);
        }
        this.max = maxConnections;
    }

    // ---- staying

    private void add(Socket socket) {
        socket.previous = last;
        if (last == null) {
            first = socket;
        } else {
            last.next = socket;
        }
        last = socket;
        count++;
    }

    void remove(Socket socket) {
        if (socket.previous == null) {
            first = socket.next;
        } else {
            socket.previous.next = socket.next;
        }
        if (socket.next == null) {
            last = socket.previous;
        } else {
            socket.next.previous = socket.previous;
        }
        socket.previous = null;
        socket.next = null;
        count--;
    }

    int count() {
        return count;
    }

    /** Returns the text of its server, for a dump of the handle that listens; any thread. */
    @Override
    public String toString() {
        return server.toString();
    }

    /** Returns the open connections that fulfil {@code condition}: a copy, since the caller may destroy any of them. */
    List<Socket> open(Predicate<Socket> condition) {
        List<Socket> found = new ArrayList<>();
        for (Socket socket = first; socket != null; socket = socket.next) {
            if (condition.test(socket)) {
                found.add(socket);
            }
        }
        return List.copyOf(found);
    }

    // ---- ending them

    /** Returns the stream that answers for {@code socket}: its layer, or the socket itself. */
    private static Duplex top(Socket socket) {
        Duplex layer = socket.layer();
        return layer == null || layer.isDestroyed() ? socket : layer;
    }

    /** Destroys the layer first: bytes that it writes as it is destroyed are still sent. */
    private static void destroy(Socket socket) {
        top(socket).destroy();
        socket.destroy();
    }

    void destroyAll() {
        endWaiting(true);
        open(socket -> true).forEach(ServerConnections::destroy);
    }

    private void endWaiting(boolean all) {
        if (gate != null) {
            gate.end(all);
        }
    }

    void destroyIdle() {
        endWaiting(false);
        open(socket -> top(socket).isIdle()).forEach(ServerConnections::destroy);
    }

    /** Ends those that are idle and not ended yet. */
    void endIdle() {
        endWaiting(false);
        open(socket -> top(socket).isIdle() && top(socket).isWritable())
                .forEach(socket -> top(socket).end());
    }
}
