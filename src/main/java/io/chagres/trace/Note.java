package io.chagres.trace;

import java.util.List;

/**
 * A remark of the program, see {@link Trace#note}.
 *
 * @param place where it was made
 * @param text the remark
 */
public record Note(Place place, String text, long startNanos, List<SocketState> sockets) implements TraceEvent {

    @Override
    public long durationNanos() {
        return 0;
    }

    /** Returns a line of a trace: {@code [io 12 poll] --- note: the client is slow ---}. */
    @Override
    public String toString() {
        return EventText.head(place, "") + "--- note: " + text + " ---";
    }
}
