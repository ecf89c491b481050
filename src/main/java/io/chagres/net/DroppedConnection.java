package io.chagres.net;

import io.chagres.address.SocketAddress;
import io.chagres.sys.Region;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a server has accepted and closed without making a socket of it, see {@link Server#onDrop}.
 *
 * @param local the address of the server's side; null over a Unix socket, and if the kernel does not say
 * @param remote the address of the peer; null over a Unix socket, and if the peer has gone already
 * @param reason why it was dropped
 */
public record DroppedConnection(
        @Nullable SocketAddress local, @Nullable SocketAddress remote, Reason reason) {

    /** The reasons to drop a connection. */
    public enum Reason {
        /** The server has the maximum of {@link Server#setMaxConnections}. */
        MAX_CONNECTIONS,
        /**
         * The process has no descriptor to spare. Connections leave the last 16 numbers below its limit, RLIMIT_NOFILE, to the rest
         * of the process; an eighth of a limit below 128.
         */
        NO_DESCRIPTORS,
        /**
         * It must begin with a header of the PROXY protocol, {@link ProxyProtocol#required()}, but began with other bytes, or ended
         * before its header was complete. A health check that only connects is such a connection.
         */
        PROXY_HEADER_MISSING,
        /** Its header of the PROXY protocol is one that the specification forbids, or is too long: {@link ProxyProtocol#maxLength}. */
        PROXY_HEADER_MALFORMED,
        /** Its address is not one that may send a header of the PROXY protocol, {@link ProxyProtocol#from}. */
        PROXY_HEADER_UNTRUSTED,
        /** Its header of the PROXY protocol was not complete in time, {@link ProxyProtocol#timeout}. */
        PROXY_HEADER_TIMEOUT
    }

    /** @param fd the descriptor of the connection, which is still open */
    static DroppedConnection of(int fd, Reason reason) {
        try (Region memory = Region.ofCall()) {
            MemorySegment address = memory.allocate(SockAddr.SIZE);
            MemorySegment length = memory.allocate(Integer.BYTES);
            length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
            SocketAddress local = Sockets.getsockname(fd, address, length) < 0 ? null : read(address);
            length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
            SocketAddress remote = Sockets.getpeername(fd, address, length) < 0 ? null : read(address);
            return new DroppedConnection(local, remote, reason);
        }
    }

    private static @Nullable SocketAddress read(MemorySegment sockaddr) {
        byte[] ip = SockAddr.ip(sockaddr);
        return ip.length == 0 ? null : SocketAddress.of(ip, SockAddr.scopeId(sockaddr), SockAddr.port(sockaddr));
    }
}
