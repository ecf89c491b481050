package io.chagres.jfr;

import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** An event of a connection, with the addresses of its two ends. */
abstract class EndsEvent extends Event {

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

    final void setEnds(Ends ends) {
        localAddress = ends.localAddress();
        localPort = ends.localPort();
        remoteAddress = ends.remoteAddress();
        remotePort = ends.remotePort();
    }
}
