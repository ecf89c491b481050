package io.chagres.net;

import java.lang.foreign.MemorySegment;

/**
 * One end of a connection: an IP address with a port, or the name of a Unix socket. An address is kept as the kernel wrote it and
 * read when it is asked for, since an error with two ends is made for each connection that a peer resets.
 */
final class End {

    /** A byte array with a sockaddr, a {@link SocketAddress}, or the name as a string. */
    private final Object origin;
    /** What was read from the sockaddr. Any thread may read it, more than one does no harm. */
    private SocketAddress read;

    private End(Object origin) {
        this.origin = origin;
    }

    /** A sockaddr_in or sockaddr_in6. */
    static End ofKernel(byte[] sockaddr) {
        return new End(sockaddr);
    }

    static End of(SocketAddress address) {
        return new End(address);
    }

    /** Null for a name that is null or empty. */
    static End ofName(String name) {
        return name == null || name.isEmpty() ? null : new End(name);
    }

    /** Null for a name. */
    SocketAddress ip() {
        if (origin instanceof byte[] sockaddr) {
            SocketAddress known = read;
            if (known == null) {
                known = SocketAddress.read(MemorySegment.ofArray(sockaddr));
                read = known;
            }
            return known;
        }
        return origin instanceof SocketAddress given ? given : null;
    }

    /** The address without its port, or the name. */
    String address() {
        return origin instanceof String name ? name : ip().address();
    }

    /** 0 for a name. */
    int port() {
        return origin instanceof String ? 0 : ip().port();
    }

    /** "127.0.0.1:80", or the name, in which a NUL of the abstract namespace becomes an at sign. */
    @Override
    public String toString() {
        return origin instanceof String name ? name.replace('\0', '@') : ip().toString();
    }
}
