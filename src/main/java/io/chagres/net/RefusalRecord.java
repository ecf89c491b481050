package io.chagres.net;

import io.chagres.jfr.Flight;
import io.chagres.socket.SocketHandle;

/** Records the connections that a server turns away, for JDK Flight Recorder. Called only if {@link Flight#isOn()}. */
final class RefusalRecord {

    private RefusalRecord() {}

    /** Records a connection that was accepted, and is about to be closed. */
    static void refused(String reason, int fd) {
        if (Flight.wantsRefusals()) {
            DroppedConnection dropped = DroppedConnection.of(fd, DroppedConnection.Reason.MAX_CONNECTIONS);
            Flight.acceptRefused(reason, new KnownEnds(dropped.local(), dropped.remote()));
        }
    }

    /** Records an accept that has failed with {@code code}. */
    static void failed(String code, SocketHandle listener) {
        if (Flight.wantsRefusals()) {
            Flight.acceptRefused(code, new SocketEnds(listener));
        }
    }
}
