package io.chagres.net;

import io.chagres.loop.SystemException;
import io.chagres.stream.StreamHandle;

/**
 * A connection that a server has accepted and closed, since it had as many as it may: see {@link Server#onDrop}.
 *
 * @param local the server's side of it; null over a Unix socket, and where the kernel does not say
 * @param remote the peer's; null over a Unix socket, and where the peer has gone already
 */
public record DroppedConnection(SocketAddress local, SocketAddress remote) {

    static DroppedConnection of(StreamHandle accepted) {
        return accepted instanceof Tcp tcp
            ? new DroppedConnection(localOf(tcp), tcp.remoteAddressIfAny())
            : new DroppedConnection(null, null);
    }

    private static SocketAddress localOf(Tcp tcp) {
        try {
            return tcp.localAddress();
        } catch (SystemException unknown) {
            return null;
        }
    }
}
