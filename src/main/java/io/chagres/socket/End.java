package io.chagres.socket;

import io.chagres.address.SocketAddress;

/**
 * One end of a connection.
 *
 * @param ip the address and port of a TCP socket; null of a Unix socket
 * @param name the name of a Unix socket; null of a TCP socket
 */
record End(SocketAddress ip, String name) {

    static End of(SocketAddress address) {
        return new End(address, null);
    }

    /** Returns the end of a Unix socket; null if {@code name} is null or empty. */
    static End ofName(String name) {
        return name == null || name.isEmpty() ? null : new End(null, name);
    }

    /** Returns the address without its port, or the name. */
    String address() {
        return ip == null ? name : ip.address();
    }

    /** Returns the port; 0 if the end has a name. */
    int port() {
        return ip == null ? 0 : ip.port();
    }

    /** Returns "127.0.0.1:80", or the name, in which an at sign replaces the NUL of the abstract namespace (as /proc/net/unix does). */
    @Override
    public String toString() {
        return ip == null ? name.replace('\0', '@') : ip.toString();
    }
}
