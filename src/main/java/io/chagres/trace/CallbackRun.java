package io.chagres.trace;

import java.util.List;

/**
 * A call of a loop into the program, or into the library's own code for a handle. It is reported when it has returned, so the system
 * calls that it made come before it.
 *
 * @param place where it ran
 * @param name what was called: {@code connection of server:9297}, {@code events of client 1 of server:9297}, {@code timer}, {@code task}
 */
public record CallbackRun(Place place, String name, long startNanos, long durationNanos, List<SocketState> sockets)
        implements TraceEvent {

    /** Returns a line of a trace: {@code [io 12 poll] --- connection of server:9297 --- <0.000112>}. */
    @Override
    public String toString() {
        return EventText.head(place, "") + "--- " + name + " ---" + EventText.duration(durationNanos);
    }
}
