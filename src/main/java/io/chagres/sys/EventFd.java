package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The system calls of eventfd(2): a 64-bit counter behind a descriptor, which is readable while the counter is not 0.
 * With it, one thread wakes another from epoll_wait.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a>
 */
public final class EventFd {

    public static final int EFD_NONBLOCK = 0x800;
    public static final int EFD_CLOEXEC = 0x80000;

    private static final CFunction EVENTFD = Libc.plain("eventfd");
    private static final CFunction WRITE = Libc.plain("write");

    private static final MemorySegment ONE = one();

    private EventFd() {}

    /** eventfd(2): returns a new descriptor. EMFILE, ENFILE. */
    public static int eventfd(int initval, int flags) {
        return Libc.call(EVENTFD, initval, flags, 0);
    }

    /**
     * write(2) of a 1, which is added to the counter: returns 0, or -EAGAIN if the counter is full (2^64 - 2).
     *
     * <p>The calling thread needs no native memory of its own: it may be a new thread when there is no memory left.
     * In return, another thread that writes to the same eventfd at the same time may overwrite the errno.
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
