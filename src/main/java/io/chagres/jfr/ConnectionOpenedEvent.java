package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A connection that was established. */
@Name("io.chagres.ConnectionOpened")
@Label("Connection Opened")
@Description("A server has accepted a connection, or a client has connected")
@Category({"Chagres", "Connection"})
@StackTrace(false)
final class ConnectionOpenedEvent extends Event {

    @Label("Descriptor")
    int descriptor;

    @Label("Side")
    @Description("server or client")
    @Nullable
    String side;

    @Label("Local Address")
    @Description("The IP address of this side, or the name of a Unix socket")
    @Nullable
    String localAddress;

    @Label("Local Port")
    int localPort;

    @Label("Remote Address")
    @Description("The IP address of the peer, or the name of its Unix socket")
    @Nullable
    String remoteAddress;

    @Label("Remote Port")
    int remotePort;

    static void record(int descriptor, String side, Ends ends) {
        ConnectionOpenedEvent event = new ConnectionOpenedEvent();
        if (!event.isEnabled()) {
            return;
        }
        event.descriptor = descriptor;
        event.side = side;
        event.localAddress = ends.localAddress();
        event.localPort = ends.localPort();
        event.remoteAddress = ends.remoteAddress();
        event.remotePort = ends.remotePort();
        event.commit();
    }
}
