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

    private EventFd() {}

    /** eventfd(2): a new descriptor. EMFILE, ENFILE. */
    public static int eventfd(int initval, int flags) {
        return Libc.call(EVENTFD, initval, flags, 0);
    }

    /**
     * write(2) of a 1, which adds to the counter: 0, or EAGAIN when that is full (2^64 - 2).
     *
     * <p>The calling thread needs no native memory of its own: it may be a fresh thread when there is none left. The price is an
     * errno that another thread, which writes to the same eventfd at the same time, may have overwritten.
     *
     * @param errno 4 bytes, the same for all threads that write to {@code fd}
     */
    public static int wake(int fd, MemorySegment errno) {
        long written = Libc.invoke(WRITE, errno, fd, ONE.address(), Long.BYTES, 0, 0);
        return written < 0 ? Math.min(-1, -Scratch.errno(errno)) : 0;
    }

    private static MemorySegment one() {
        MemorySegment one = Memory.allocate(Long.BYTES);
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        return one;
    }
}
