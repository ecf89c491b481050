package io.chagres.net;

/**
 * A connection that a server has accepted and closed, since it had as many as it may: see {@link Server#onDrop}.
 *
 * @param local the server's side of it; null over a Unix socket
 * @param remote the peer's; null over a Unix socket, and where the peer has gone already
 */
public record DroppedConnection(SocketAddress local, SocketAddress remote) {

    static DroppedConnection of(Tcp tcp) {
        return new DroppedConnection(tcp.localAddress(), tcp.remoteAddressIfAny());
    }
}
