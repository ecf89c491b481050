package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A connection that is open, at the begin and the end of a chunk of the recording. */
@Name("io.chagres.OpenConnection")
@Label("Open Connection")
@Description(
        "A connection that is open. The loop of the connection records it on its own thread; a loop that is blocked records nothing.")
@Category({"Chagres", "Connection"})
@Enabled(false)
@Period("everyChunk")
@StackTrace(false)
final class OpenConnectionEvent extends EndsEvent {

    @Label("Loop")
    @Description("The name of the thread of the loop")
    @Nullable
    String loop;

    @Label("Descriptor")
    int descriptor;

    @Label("State")
    @Description("The state of the connection in the kernel, such as ESTABLISHED or CLOSE_WAIT; null for a Unix socket")
    @Nullable
    String state;

    @Label("Age")
    @Description("The time since the descriptor was made, within 17 ms")
    @Timespan
    long age;

    @Label("Reading")
    @Description("Whether the program wants to read. False if it has paused, or has read nothing of what it was given.")
    boolean reading;

    @Label("Bytes Received")
    @Description("The bytes that the kernel has received; -1 if unknown, as for a Unix socket")
    @DataAmount
    long bytesReceived;

    @Label("Bytes Acknowledged")
    @Description("The bytes that the peer's kernel has received; -1 if unknown, as for a Unix socket")
    @DataAmount
    long bytesAcknowledged;

    @Label("Unsent Bytes")
    @Description("The bytes that wait in this process since the kernel does not take them")
    @DataAmount
    long unsentBytes;

    @Label("Since Received")
    @Description("The time since data last arrived; -1 ns if unknown, as for a Unix socket")
    @Timespan
    long sinceReceived;

    @Label("Since Sent")
    @Description("The time since data was last sent; -1 ns if unknown, as for a Unix socket")
    @Timespan
    long sinceSent;

    static boolean isOn() {
        return new OpenConnectionEvent().isEnabled();
    }

    static void record(String loop, int descriptor, Ends ends, Flight.OpenState now) {
        OpenConnectionEvent event = new OpenConnectionEvent();
        event.loop = loop;
        event.descriptor = descriptor;
        event.setEnds(ends);
        event.state = now.state();
        event.age = now.ageNanos();
        event.reading = now.reading();
        event.bytesReceived = now.bytesReceived();
        event.bytesAcknowledged = now.bytesAcknowledged();
        event.unsentBytes = now.unsentBytes();
        event.sinceReceived = now.sinceReceivedNanos();
        event.sinceSent = now.sinceSentNanos();
        event.commit();
    }
}
