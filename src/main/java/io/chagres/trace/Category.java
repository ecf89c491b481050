package io.chagres.trace;

import java.util.Locale;

/** A kind of system calls, see {@link TraceOptions#categories}. */
public enum Category {
    /** Sockets, addresses, names, descriptors and files: socket, bind, accept4, connect, shutdown, setsockopt, close, getaddrinfo ... */
    NET,
    /** The waiting of the loop: epoll_create1, epoll_ctl, epoll_wait, epoll_pwait2, eventfd2, and write(2) to an eventfd. */
    EPOLL,
    /** The bytes: recvfrom, sendto, read, write, writev, sendmsg, recvmsg. */
    DATA;

    /** Returns the category of a name. */
    static Category of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Returns the name as {@link SystemCall#category()} and the property {@code chagres.trace} have it, such as {@code net}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
