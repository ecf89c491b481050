package io.chagres.socket;

import io.chagres.SystemException;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The two ends of a connection. A listener, and a socket that is not connected, have only the local end.
 *
 * @param local null if unknown
 * @param remote null if unknown
 */
record Endpoints(@Nullable End local, @Nullable End remote) implements SystemException.Ends {

    static final Endpoints UNKNOWN = new Endpoints(null, null);

    /** Returns the ends of a Unix socket. A name that is null or empty counts as unknown. */
    static Endpoints ofNames(@Nullable String local, @Nullable String remote) {
        return new Endpoints(End.ofName(local), End.ofName(remote));
    }

    /** Adds the text of {@link #toString} to {@code text}, if an end is known. */
    void describe(StringJoiner text) {
        String ends = toString();
        if (!ends.isEmpty()) {
            text.add(ends);
        }
    }

    /** Returns "127.0.0.1:80 -> 127.0.0.1:51234", or the end that is known; an empty text if none is known. */
    @Override
    public String toString() {
        if (remote != null) {
            return (local == null ? "-> " : local + " -> ") + remote;
        }
        return local == null ? "" : local.toString();
    }

    /** Returns the peer. A listener, and a Unix connection whose client has no name, have their local end instead. */
    private @Nullable End named() {
        return remote != null ? remote : local;
    }

    @Override
    public @Nullable String address() {
        End named = named();
        return named == null ? null : named.address();
    }

    @Override
    public int port() {
        End named = named();
        return named == null ? 0 : named.port();
    }

    @Override
    public @Nullable String localAddress() {
        return local == null ? null : local.address();
    }

    @Override
    public int localPort() {
        return local == null ? 0 : local.port();
    }
}
