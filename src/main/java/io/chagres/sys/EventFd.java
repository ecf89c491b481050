package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * eventfd(2): a 64-bit counter behind a descriptor, readable while it is not 0. How one thread wakes another out of
 * epoll_wait.
 */
public final class EventFd {

    public static final int EFD_NONBLOCK = 0x800;
    public static final int EFD_CLOEXEC = 0x80000;

    private static final CFunction EVENTFD = Libc.plain("eventfd");
    private static final CFunction WRITE = Libc.plain("write");

    private static final MemorySegment ONE = one();

    private EventFd() { }

    /** eventfd(2): a new descriptor. EMFILE, ENFILE. */
    public static int eventfd(int initval, int flags) {
        return Libc.call(EVENTFD, initval, flags, 0);
    }

    /**
     * write(2) of a 1, which adds to the counter: 0, or EAGAIN when that is full (2^64 - 2), and then whoever waits is
     * awake anyway.
     */
    public static int wake(int fd) {
        int written = Libc.call(WRITE, fd, ONE, Long.BYTES, 0);
        return written < 0 ? written : 0;
    }

    private static MemorySegment one() {
        MemorySegment one = Memory.allocate(Long.BYTES);
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        return one;
    }
}
