package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.jfr.Flight;
import io.chagres.socket.SocketHandle;
import org.jspecify.annotations.Nullable;

/** Records the begin and the end of a {@link Connection} for JDK Flight Recorder. Called only if {@link Flight#isOn()}. */
final class ConnectionRecord {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private ConnectionRecord() {}

    static void opened(Socket socket, SocketHandle handle) {
        Flight.connectionOpened(handle.fd(), side(socket), SocketEnds.of(socket, handle));
    }

    /**
     * Records the end of a connection whose handle is about to be closed, or was closed by the loop.
     *
     * @param firstEnd which side has ended first, of {@link Connection}
     */
    static void closed(Socket socket, Connection connection, SocketHandle handle, boolean reset, byte firstEnd) {
        closed(socket, connection, handle, reason(socket, handle, reset), firstEnd);
    }

    /** Records that the connection has left the socket, for another one. */
    static void detached(Socket socket, Connection connection, SocketHandle handle, byte firstEnd) {
        closed(socket, connection, handle, "detached", firstEnd);
    }

    private static void closed(
            Socket socket, Connection connection, SocketHandle handle, String reason, byte firstEnd) {
        Flight.connectionClosed(
                handle.fd(),
                side(socket),
                SocketEnds.of(socket, handle),
                new Flight.Closing(
                        connection.bytesRead(),
                        connection.bytesWritten(),
                        Math.max(socket.writableLength(), handle.writeQueueSize()),
                        handle.ageMillis() * NANOS_PER_MILLI,
                        reason,
                        endedBy(socket.errored(), firstEnd)));
    }

    private static String side(Socket socket) {
        return socket.server() == null ? "client" : "server";
    }

    private static String reason(Socket socket, SocketHandle handle, boolean reset) {
        ChagresException error = socket.errored();
        if (error != null) {
            return error.code();
        }
        if (handle.isClosing()) {
            return "loop closed";
        }
        if (reset) {
            return "reset";
        }
        if (socket.isReadableEnded() && socket.isWritableFinished()) {
            return "end";
        }
        return socket.idle != null && socket.idle.hasExpired() ? "idle timeout" : "destroy";
    }

    private static String endedBy(@Nullable ChagresException error, byte firstEnd) {
        String code = error == null ? "" : error.code();
        return switch (code) {
            case "ECONNRESET", "EPIPE" -> "reset by peer";
            case "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN" -> "network";
            default -> firstEnd == Connection.ENDED_BY_PEER ? "peer" : "this side";
        };
    }
}
