package io.chagres.net;

import io.chagres.address.SocketAddress;
import io.chagres.jfr.Ends;
import org.jspecify.annotations.Nullable;

/** The ends of a connection by their addresses, for the events of JDK Flight Recorder; null for an end that is unknown. */
record KnownEnds(@Nullable SocketAddress local, @Nullable SocketAddress remote) implements Ends {

    @Override
    public @Nullable String localAddress() {
        return SocketEnds.textOf(local);
    }

    @Override
    public int localPort() {
        return SocketEnds.portOf(local);
    }

    @Override
    public @Nullable String remoteAddress() {
        return SocketEnds.textOf(remote);
    }

    @Override
    public int remotePort() {
        return SocketEnds.portOf(remote);
    }
}
