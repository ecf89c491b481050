package io.chagres.net;

import io.chagres.address.SocketAddress;
import io.chagres.jfr.Ends;
import io.chagres.jfr.Flight;
import io.chagres.socket.SocketHandle;
import org.jspecify.annotations.Nullable;

/** Records the connections that a server turns away, for JDK Flight Recorder. Called only if {@link Flight#isOn()}. */
final class RefusalRecord {

    private RefusalRecord() {}

    /** The ends of a connection that was dropped. */
    private record DroppedEnds(
            @Nullable SocketAddress local, @Nullable SocketAddress remote) implements Ends {
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

    /** Records a connection that was accepted, and is about to be closed. */
    static void refused(String reason, int fd) {
        if (Flight.wantsRefusals()) {
            DroppedConnection dropped = DroppedConnection.of(fd, DroppedConnection.Reason.MAX_CONNECTIONS);
            Flight.acceptRefused(reason, new DroppedEnds(dropped.local(), dropped.remote()));
        }
    }

    /** Records an accept that has failed with {@code code}. */
    static void failed(String code, SocketHandle listener) {
        if (Flight.wantsRefusals()) {
            Flight.acceptRefused(code, new SocketEnds(listener));
        }
    }
}
