package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
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
final class AcceptRefusedEvent extends EndsEvent {

    @Label("Reason")
    @Description("BLOCKED, a reason of DroppedConnection such as MAX_CONNECTIONS, or the code of the error")
    @Nullable
    String reason;

    static boolean isOn() {
        return new AcceptRefusedEvent().isEnabled();
    }

    static void record(String reason, Ends ends) {
        AcceptRefusedEvent event = new AcceptRefusedEvent();
        event.reason = reason;
        event.setEnds(ends);
        event.commit();
    }
}
