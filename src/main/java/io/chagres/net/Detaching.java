package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes a connection out of its socket: {@link Socket#detach()}. */
final class Detaching {

    private Detaching() {}

    /** Checks that the connection can leave {@code socket}. Nothing is changed. */
    static void require(Socket socket, @Nullable Connection connection, boolean connects) {
        if (connects) {
            throw new UsageException("EALREADY", "detach of a socket that connects: " + socket);
        }
        SocketHandle handle = connection == null ? null : connection.handle();
        if (handle == null || handle.isClosing()) {
            throw new UsageException("ENOTCONN", "detach of a socket that is not connected: " + socket);
        }
        requireQuiet(socket);
    }

    /** Takes the connection out, with the bytes that no listener has taken. */
    static DetachedSocket from(
            Socket socket, @Nullable Connection connection, ByteBuffer unread, boolean allowHalfOpen) {
        Connection leaving = Objects.requireNonNull(connection);
        DetachedSocket.State state = new DetachedSocket.State(
                leaving.bytesRead(),
                socket.bytesWritten(),
                socket.timeoutMillis(),
                allowHalfOpen,
                leaving.isIdle() && !unread.hasRemaining(),
                socket.proxyHeader());
        int fd = leaving.detach();
        socket.destroy();
        return new DetachedSocket(fd, unread, state);
    }

    /** Lets {@code socket}, which has a handle of the connection, go on where the earlier socket has stopped. */
    static void goOn(Socket socket, DetachedSocket earlier) {
        SocketHandle handle = socket.handle();
        if (handle == null || socket.connection == null) {
            return; // closed by its loop
        }
        socket.connection.countFrom(earlier);
        socket.unshift(earlier.rest());
        socket.setTimeout(earlier.timeoutMillis());
        if (handle.has(SocketOption.TCP_NODELAY)) {
            socket.setNoDelay(handle.get(SocketOption.TCP_NODELAY));
            keepKeepAlive(socket, handle.get(SocketOption.KEEP_ALIVE));
        }
    }

    /** The socket must know a keep-alive that is on: only then it can be switched off. */
    private static void keepKeepAlive(Socket socket, KeepAlive keepAlive) {
        if (keepAlive.isOn()) {
            socket.setKeepAlive(keepAlive);
        }
    }

    private static void requireQuiet(Socket socket) {
        if (socket.layer() != null && !socket.layer().isDestroyed()) {
            throw new UsageException("EBUSY", "detach of a socket that has a layer: " + socket);
        }
        if (socket.isWritableEnded()) {
            throw new UsageException("EBUSY", "detach of a socket that was ended: " + socket);
        }
        if (socket.writableLength() > 0 || socket.queueSize() > 0) {
            throw new UsageException("EBUSY", "detach of a socket that has bytes to send: " + socket);
        }
    }
}
