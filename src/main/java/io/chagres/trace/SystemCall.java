package io.chagres.trace;

import java.util.List;

/**
 * A system call, with the words of strace(1).
 *
 * @param place where it was made
 * @param owner whose call it was: {@code server:9297}, {@code 127.0.0.1:51234} for a connection with that peer, {@code loop} for
 *     the descriptors of the loop itself; empty if that is not known
 * @param category {@code net}, {@code epoll}, {@code data} or {@code time}
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
        implements TraceEvent {}
