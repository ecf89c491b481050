package io.chagres.proxy;

import io.chagres.address.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The two ends of the client's connection: IP addresses, paths of Unix sockets, or neither. */
record Route(
        @Nullable SocketAddress source,
        @Nullable SocketAddress destination,
        @Nullable String sourcePath,
        @Nullable String destinationPath) {

    static final Route NONE = new Route(null, null, null, null);

    static Route of(SocketAddress source, SocketAddress destination) {
        return new Route(source, destination, null, null);
    }

    static Route ofPaths(String source, String destination) {
        return new Route(null, null, source, destination);
    }

    /** Returns the ends in the form of the log: "192.0.2.7:51234 -> 203.0.113.1:443"; an empty text if there are none. */
    @Override
    public String toString() {
        if (source != null) {
            return source + " -> " + destination;
        }
        return sourcePath == null ? "" : name(sourcePath) + " -> " + name(String.valueOf(destinationPath));
    }

    /** The first NUL of an abstract name is printed as an at sign. */
    private static String name(String path) {
        return "'" + Tlv.printable(path.startsWith("\0") ? "@" + path.substring(1) : path) + "'";
    }
}
