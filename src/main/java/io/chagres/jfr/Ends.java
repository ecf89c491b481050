package io.chagres.jfr;

import org.jspecify.annotations.Nullable;

/** The addresses of a connection. A method may ask the kernel, so it is called only if an event is recorded. */
public interface Ends {

    /** The ends of a stream that has no addresses. */
    Ends NONE = new Ends() {};

    /** Returns the IP address of this side, or the name of a Unix socket; null if unknown. */
    default @Nullable String localAddress() {
        return null;
    }

    /** Returns the port of this side; 0 if there is none. */
    default int localPort() {
        return 0;
    }

    /** Returns the IP address of the peer, or the name of its Unix socket; null if unknown. */
    default @Nullable String remoteAddress() {
        return null;
    }

    /** Returns the port of the peer; 0 if there is none. */
    default int remotePort() {
        return 0;
    }
}
