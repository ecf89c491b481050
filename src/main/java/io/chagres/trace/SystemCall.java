package io.chagres.trace;

import java.util.List;

/**
 * A system call, with the words of strace(1).
 *
 * <p>The name and the arguments are those that the kernel sees: {@code recvfrom} for recv(2). getaddrinfo(3) and getnameinfo(3), which make
 * calls of their own, are reported as one call. A pointer whose address is not known is {@code 0x...}: to a Java array that received no
 * bytes, or to memory inside of the C library.
 *
 * @param place where it was made
 * @param owner whose call it was: {@code server:9297}, {@code client 1 of server:9297} for a connection that it has
 *     accepted, {@code 127.0.0.1:9297} for a connection to that address, {@code loop} for the descriptors of the loop itself; empty if
 *     that is not known
 * @param category {@code net}, {@code epoll} or {@code data}: the name of a {@link Category}
 * @param name the name of the call: {@code accept4}
 * @param arguments the decoded arguments, separated by commas, without the parentheses
 * @param result the result of the kernel, or -errno
 * @param answer the result as strace(1) prints it: {@code 7}, {@code -1 EAGAIN (Resource temporarily unavailable)}
 * @param descriptor the descriptor that the call is about: the first argument, and for socket(2) and accept4(2) the new one; -1 if
 *     there is none
 */
public record SystemCall(
        Place place,
        String owner,
        String category,
        String name,
        String arguments,
        long result,
        String answer,
        int descriptor,
        long startNanos,
        long durationNanos,
        List<SocketState> sockets)
        implements TraceEvent {

    /** Returns the call as strace(1) prints it, without the duration: {@code close(7) = 0}. */
    public String text() {
        return name + "(" + arguments + ") = " + answer;
    }

    /** Returns a line of a trace: {@code [io 12 poll server:9297] close(7) = 0 <0.000012>}. */
    @Override
    public String toString() {
        return EventText.head(place, owner) + text() + EventText.duration(durationNanos);
    }
}
