package io.chagres.trace;

import java.util.List;

/**
 * A call of a loop into the program, or into the library's own code for a handle. It is reported when it has returned, so the system
 * calls that it made come before it.
 *
 * @param place where it ran
 * @param name what was called: {@code connection 127.0.0.1:51234}, {@code timer}, {@code task}
 */
public record CallbackRun(Place place, String name, long startNanos, long durationNanos, List<SocketState> sockets)
        implements TraceEvent {}
