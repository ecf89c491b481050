package io.chagres.socket;

import static java.util.Objects.requireNonNull;

import io.chagres.address.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection.
 *
 * @param ip the address and port of a TCP socket; null of a Unix socket
 * @param name the name of a Unix socket; null of a TCP socket
 */
record End(@Nullable SocketAddress ip, @Nullable String name) {

    static End of(SocketAddress address) {
        return new End(address, null);
    }

    /** Returns the end of a Unix socket; null if {@code name} is null or empty. */
    static @Nullable End ofName(@Nullable String name) {
        return name == null || name.isEmpty() ? null : new End(null, name);
    }

    /** Returns the address without its port, or the name. */
    String address() {
        return ip == null ? requireNonNull(name) : ip.address();
    }

    /** Returns the port; 0 if the end has a name. */
    int port() {
        return ip == null ? 0 : ip.port();
    }

    /** Returns "127.0.0.1:80", or the name, in which an at sign replaces the NUL of the abstract namespace (as /proc/net/unix does). */
    @Override
    public String toString() {
        return ip == null ? requireNonNull(name).replace('\0', '@') : ip.toString();
    }
}
