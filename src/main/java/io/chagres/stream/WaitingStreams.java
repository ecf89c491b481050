package io.chagres.stream;

import io.chagres.jfr.Flight;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Observation;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a loop whose writers wait for a drain, for JDK Flight Recorder. The time of their begin is here and not in the streams,
 * so that an idle connection has no field for it. Empty unless a recording wants it.
 */
final class WaitingStreams {

    static {
        Observation.add(core -> of(core).count());
    }

    private final Map<Duplex, Object> events = new IdentityHashMap<>();

    private static WaitingStreams of(LoopCore core) {
        return core.local(WaitingStreams.class, WaitingStreams::new);
    }

    /** Called when a write has returned false, and {@code length} bytes wait. */
    static void begin(Duplex stream, long length) {
        if (Flight.isOn() && Flight.wantsBackpressure()) {
            Piping pipe = stream.writing.feeds().first();
            Object event = Flight.beginBackpressure(
                    Flight.endsOf(stream), pipe == null ? null : Flight.endsOf(pipe.source()), length);
            of(stream.core).events.put(stream, event);
        }
    }

    /** Called when a stream that may be here does not wait any more. */
    static void end(Duplex stream, String endedBy) {
        if (Flight.isOn()) {
            end(of(stream.core).events.remove(stream), endedBy);
        }
    }

    private static void end(@Nullable Object event, String endedBy) {
        if (event != null) {
            Flight.endBackpressure(event, endedBy);
        }
    }

    /** Records the streams that wait now. */
    private void count() {
        events.forEach((stream, event) -> Flight.backpressure(event, stream.writing.length()));
    }

    @Override
    public String toString() {
        return "WaitingStreams (" + events.size() + ")";
    }
}
