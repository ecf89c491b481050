package io.chagres.net;

import io.chagres.loop.SystemException;
import io.chagres.stream.StreamHandle;
import java.util.StringJoiner;

/**
 * The two ends of a connection as text and ports; for a listener, and for a socket that is not connected, only its own end.
 *
 * @param local the own address or path; null if unknown
 * @param localPort 0 for a path
 * @param remote the peer's address or path; null if unknown
 * @param remotePort 0 for a path
 */
record Endpoints(String local, int localPort, String remote, int remotePort) {

    static final Endpoints UNKNOWN = new Endpoints(null, 0, null, 0);

    /** Either may be null. */
    static Endpoints of(SocketAddress local, SocketAddress remote) {
        return new Endpoints(local == null ? null : local.address(), local == null ? 0 : local.port(),
            remote == null ? null : remote.address(), remote == null ? 0 : remote.port());
    }

    /** Of a handle of this package; any thread. */
    static Endpoints of(StreamHandle handle) {
        return handle instanceof Tcp tcp ? tcp.endpoints() : handle instanceof Pipe pipe ? pipe.endpoints() : UNKNOWN;
    }

    /** Of a Unix socket; an empty name counts as unknown. */
    static Endpoints ofNames(String local, String remote) {
        return new Endpoints(nameOrNull(local), 0, nameOrNull(remote), 0);
    }

    private static String nameOrNull(String name) {
        return name == null || name.isEmpty() ? null : name;
    }

    /** The error of a call on this connection or listener. A connection to a Unix socket has one path, at one of its ends. */
    SystemException error(int errno, String syscall) {
        return remote != null
            ? SystemException.on(errno, syscall, remote, remotePort, local, localPort)
            : SystemException.on(errno, syscall, local, localPort, local, localPort);
    }

    /** Adds "127.0.0.1:80 -> 127.0.0.1:51234", or the end that is known. */
    void describe(StringJoiner text) {
        if (remote != null) {
            text.add((local == null ? "-> " : place(local, localPort) + " -> ") + place(remote, remotePort));
        } else if (local != null) {
            text.add(place(local, localPort));
        }
    }

    static String place(String address, int port) {
        if (port == 0) {
            return address.replace('\0', '@');
        }
        return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
    }
}
