package io.chagres.sys;

import static io.chagres.sys.Libc.call;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of epoll(7), {@code <sys/epoll.h>}, which tells which of many descriptors are ready. The struct is
 * {@link EpollEvent}.
 *
 * <p>Every method returns the result of the kernel, or {@code -errno}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
public final class Epoll {

    public static final int EPOLLIN = 0x1;
    public static final int EPOLLPRI = 0x2;
    public static final int EPOLLOUT = 0x4;
    public static final int EPOLLERR = 0x8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLLEXCLUSIVE = 1 << 28;
    public static final int EPOLLONESHOT = 1 << 30;
    public static final int EPOLLET = 1 << 31;

    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;

    public static final int EPOLL_CLOEXEC = 0x80000;

    private static final CFunction EPOLL_CREATE1 = Libc.plain("epoll_create1");
    private static final CFunction EPOLL_CTL = Libc.plain("epoll_ctl");
    private static final CFunction EPOLL_WAIT = Libc.plain("epoll_wait");

    /** The call that not every system has. */
    private static final class Later {
        static final @Nullable CFunction EPOLL_PWAIT2 = Libc.has("epoll_pwait2") ? Libc.plain("epoll_pwait2") : null;
    }

    private Epoll() {}

    /** epoll_create1(2): returns a new descriptor. EMFILE, ENFILE. */
    public static int epoll_create1(int flags) {
        return call(EPOLL_CREATE1, flags, 0, 0);
    }

    /**
     * epoll_ctl(2). EEXIST for ADD, ENOENT for MOD and DEL, EPERM for a regular file, EBADF, ENOSPC. DEL needs no
     * event, so {@code event} may be NULL.
     */
    public static int epoll_ctl(int epfd, int op, int fd, MemorySegment event) {
        return call(EPOLL_CTL, epfd, op, fd, event, 0);
    }

    /**
     * epoll_wait(2): returns the number of events. {@code timeout} is in milliseconds, -1 for no limit. EINTR, even
     * if the signal's handler has SA_RESTART.
     */
    public static int epoll_wait(int epfd, MemorySegment events, int maxevents, int timeout) {
        return call(EPOLL_WAIT, epfd, events, maxevents, timeout);
    }

    /** Returns whether the C library has epoll_pwait2 (since glibc 2.35). The kernel has it since Linux 5.11. */
    public static boolean hasPwait2() {
        return Later.EPOLL_PWAIT2 != null;
    }

    /**
     * epoll_pwait2(2): epoll_wait with a {@code struct timespec} (two longs: seconds, nanoseconds; NULL for no
     * limit). EINTR, and ENOSYS if the C library or the kernel is too old. {@code sigmask} may be NULL.
     */
    public static int epoll_pwait2(
            int epfd, MemorySegment events, int maxevents, MemorySegment timeout, MemorySegment sigmask) {
        return Later.EPOLL_PWAIT2 == null
                ? -Errno.ENOSYS
                : call(Later.EPOLL_PWAIT2, epfd, events, maxevents, timeout, sigmask);
    }
}
