package io.chagres.net;

import io.chagres.address.SocketAddress;
import io.chagres.sys.Region;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A connection that a server has accepted and closed, since there was no room for it: see {@link Server#onDrop}.
 *
 * @param local the server's side of it; null over a Unix socket, and if the kernel does not say
 * @param remote the peer's; null over a Unix socket, and if the peer has gone already
 * @param reason what there was too little of
 */
public record DroppedConnection(SocketAddress local, SocketAddress remote, Reason reason) {

    /** Why a connection is dropped. */
    public enum Reason {
        /** The server has as many as {@link Server#setMaxConnections} allows. */
        MAX_CONNECTIONS,
        /**
         * The process has no descriptor to spare. Of its limit, RLIMIT_NOFILE, connections leave the last 16 to the rest of the
         * process, and of a limit below 128 an eighth.
         */
        NO_DESCRIPTORS
    }

    /** @param fd of the connection, which is still open */
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

    private static SocketAddress read(MemorySegment sockaddr) {
        byte[] ip = SockAddr.ip(sockaddr);
        return ip.length == 0 ? null : SocketAddress.of(ip, SockAddr.scopeId(sockaddr), SockAddr.port(sockaddr));
    }
}
