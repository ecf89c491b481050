package io.chagres.trace;

import java.util.List;

/** Something that a {@link Trace} has seen: a system call, a callback of a loop, or a note of the program. */
public sealed interface TraceEvent permits SystemCall, CallbackRun, Note {

    /** Returns where it happened. */
    Place place();

    /** Returns when it began, in nanoseconds of {@link System#nanoTime()}. */
    long startNanos();

    /** Returns how long it took, in nanoseconds; 0 for a note. */
    long durationNanos();

    /**
     * Returns the states of the TCP sockets right after it, as the kernel reports them; empty unless {@link TraceOptions#socketStates(boolean)}
     * is on.
     */
    List<SocketState> sockets();
}
