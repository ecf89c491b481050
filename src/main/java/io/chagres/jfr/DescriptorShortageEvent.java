package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The process, or the system, has no descriptor for a connection. */
@Name("io.chagres.DescriptorShortage")
@Label("Descriptor Shortage")
@Description("There was no descriptor for a connection that waits to be accepted")
@Category({"Chagres", "Connection"})
@StackTrace(false)
final class DescriptorShortageEvent extends Event {

    @Label("Cause")
    @Description(
            "EMFILE or ENFILE; RESERVED if only the numbers are left that Chagres keeps for the rest of the process")
    @Nullable
    String cause;

    @Label("Listener")
    @Description("The descriptor that listens")
    int listener;

    @Label("Limit")
    @Description("RLIMIT_NOFILE of this process")
    long limit;

    @Label("Shed")
    @Description("The connections that were accepted with the spare descriptor and closed")
    int shed;

    @Label("Spare Descriptor")
    @Description("Whether the loop has its spare descriptor again")
    boolean hasSpare;

    static void record(String cause, int listener, long limit, int shed, boolean hasSpare) {
        DescriptorShortageEvent event = new DescriptorShortageEvent();
        event.cause = cause;
        event.listener = listener;
        event.limit = limit;
        event.shed = shed;
        event.hasSpare = hasSpare;
        event.commit();
    }
}
