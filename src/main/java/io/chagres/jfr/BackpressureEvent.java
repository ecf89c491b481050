package io.chagres.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** A writable side that has asked its writer to wait. */
@Name("io.chagres.Backpressure")
@Label("Back-pressure")
@Description(
        "A write has returned false until the drain. Recorded when it ends; one that lasts is recorded with each chunk, as not finished.")
@Category({"Chagres", "Stream"})
@StackTrace(false)
@Threshold("20 ms")
final class BackpressureEvent extends EndsEvent {

    private static final BackpressureEvent PROBE = new BackpressureEvent();

    @Label("Bytes")
    @Description(
            "The bytes that wait in this process: now if it has not finished; otherwise when it was last recorded, or began")
    @DataAmount
    long bytes;

    @Label("Source Address")
    @Description("The address of the peer whose bytes a pipe brings, and which is paused; null without a pipe")
    @Nullable
    String sourceAddress;

    @Label("Source Port")
    int sourcePort;

    @Label("Finished")
    @Description("False for a stream that still waits")
    boolean finished;

    @Label("Ended By")
    @Description("drain, finish or destroy; null if it has not finished")
    @Nullable
    String endedBy;

    static boolean isOn() {
        return PROBE.isEnabled();
    }

    static BackpressureEvent begin(Ends ends, @Nullable Ends source, long bytes) {
        BackpressureEvent event = new BackpressureEvent();
        event.setEnds(ends);
        event.bytes = bytes;
        event.sourceAddress = source == null ? null : source.remoteAddress();
        event.sourcePort = source == null ? 0 : source.remotePort();
        event.begin();
        return event;
    }
}
