package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
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
final class ConnectionOpenedEvent extends EndsEvent {

    @Label("Descriptor")
    int descriptor;

    @Label("Side")
    @Description("server or client")
    @Nullable
    String side;

    static void record(int descriptor, String side, Ends ends) {
        ConnectionOpenedEvent event = new ConnectionOpenedEvent();
        if (!event.isEnabled()) {
            return;
        }
        event.descriptor = descriptor;
        event.side = side;
        event.setEnds(ends);
        event.commit();
    }
}
