package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A connection that a server has turned away, or could not accept. */
@Name("io.chagres.AcceptRefused")
@Label("Accept Refused")
@Description("A server has closed a connection at once, or accept(2) has failed")
@Category({"Chagres", "Connection"})
@StackTrace(false)
final class AcceptRefusedEvent extends Event {

    @Label("Reason")
    @Description("MAX_CONNECTIONS, NO_DESCRIPTORS, BLOCKED, or the code of the error")
    @Nullable
    String reason;

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

    static boolean isOn() {
        return new AcceptRefusedEvent().isEnabled();
    }

    static void record(String reason, Ends ends) {
        AcceptRefusedEvent event = new AcceptRefusedEvent();
        event.reason = reason;
        event.localAddress = ends.localAddress();
        event.localPort = ends.localPort();
        event.remoteAddress = ends.remoteAddress();
        event.remotePort = ends.remotePort();
        event.commit();
    }
}
