package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A connection that has ended. */
@Name("io.chagres.ConnectionClosed")
@Label("Connection Closed")
@Description("A connection has ended: its counters, the reason, and the side that ended it")
@Category({"Chagres", "Connection"})
@StackTrace(false)
final class ConnectionClosedEvent extends EndsEvent {

    @Label("Descriptor")
    int descriptor;

    @Label("Side")
    @Description("server or client")
    @Nullable
    String side;

    @Label("Bytes Read")
    @DataAmount
    long bytesRead;

    @Label("Bytes Written")
    @Description("The bytes that were passed to the connection, those in its queue included")
    @DataAmount
    long bytesWritten;

    @Label("Unsent Bytes")
    @Description("The bytes that were written by the program and not taken by the kernel: they are lost")
    @DataAmount
    long unsentBytes;

    @Label("Lifetime")
    @Description("The time since the descriptor was made, within 17 ms")
    @Timespan
    long lifetime;

    @Label("Reason")
    @Description("The code of the error; otherwise end, reset, idle timeout, detached, loop closed or destroy")
    @Nullable
    String reason;

    @Label("Ended By")
    @Description("this side; peer, if the peer has ended first; reset by peer; or network")
    @Nullable
    String endedBy;

    /** Records the end of a connection. */
    static void record(int descriptor, String side, Ends ends, Flight.Closing closing) {
        ConnectionClosedEvent event = new ConnectionClosedEvent();
        if (!event.isEnabled()) {
            return;
        }
        event.descriptor = descriptor;
        event.side = side;
        event.setEnds(ends);
        event.bytesRead = closing.bytesRead();
        event.bytesWritten = closing.bytesWritten();
        event.unsentBytes = closing.unsentBytes();
        event.lifetime = closing.lifetimeNanos();
        event.reason = closing.reason();
        event.endedBy = closing.endedBy();
        event.commit();
    }
}
