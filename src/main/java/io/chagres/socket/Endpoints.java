package io.chagres.socket;

import io.chagres.SystemException;
import java.util.StringJoiner;

/**
 * The two ends of a connection; of a listener, and of a socket that is not connected, only its own.
 *
 * @param local null if unknown
 * @param remote null if unknown
 */
record Endpoints(End local, End remote) implements SystemException.Ends {

    static final Endpoints UNKNOWN = new Endpoints(null, null);

    /** Of a Unix socket; an empty name counts as unknown. */
    static Endpoints ofNames(String local, String remote) {
        return new Endpoints(End.ofName(local), End.ofName(remote));
    }

    /** Adds what {@link #toString} says, if anything is known. */
    void describe(StringJoiner text) {
        String ends = toString();
        if (!ends.isEmpty()) {
            text.add(ends);
        }
    }

    /** "127.0.0.1:80 -> 127.0.0.1:51234", or the end that is known; empty if none is. */
    @Override
    public String toString() {
        if (remote != null) {
            return (local == null ? "-> " : local + " -> ") + remote;
        }
        return local == null ? "" : local.toString();
    }

    /** The peer; of a listener, and of a connection to a Unix socket whose client has no name, its own end. */
    private End named() {
        return remote != null ? remote : local;
    }

    @Override
    public String address() {
        return named() == null ? null : named().address();
    }

    @Override
    public int port() {
        return named() == null ? 0 : named().port();
    }

    @Override
    public String localAddress() {
        return local == null ? null : local.address();
    }

    @Override
    public int localPort() {
        return local == null ? 0 : local.port();
    }
}
