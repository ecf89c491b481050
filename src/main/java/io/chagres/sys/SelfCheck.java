package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Can this JVM reach this kernel as the rest of the package believes? Asked once, before anything else is touched; the answer costs what a
 * loop would pay for anyway, since the calls it tries are those of a loop.
 */
public final class SelfCheck {

    /** What a loop with a server on it calls. The handles of {@link Sockets} may wait, a look at the symbols costs nothing. */
    private static final String[] NEEDED = {
        "socket", "setsockopt", "bind", "listen", "getsockname", "accept4", "recv", "send", "shutdown", "connect", "getpeername",
        "getsockopt", "sendmsg", "recvmsg", "read", "write", "close", "fcntl", "epoll_create1", "epoll_ctl", "epoll_wait", "eventfd",
    };

    /** No small number, and no two bytes alike: a datum read from a wrong place cannot look like it. */
    private static final long MAGIC = 0x0123_4567_89ab_cdefL;

    private static final String CAUSE = cause(System.getProperty("os.name"), System.getProperty("os.arch"));

    private SelfCheck() { }

    /** Whether everything is there. */
    public static boolean isAvailable() {
        return CAUSE == null;
    }

    /** What is missing, in one sentence; null if nothing is. */
    public static String unavailabilityCause() {
        return CAUSE;
    }

    static String cause(String os, String arch) {
        if (!os.equals("Linux")) {
            return "Chagres speaks to the Linux kernel, and this is " + os + ".";
        }
        if (!arch.equals("amd64") && !arch.equals("x86_64") && !arch.equals("aarch64")) {
            return "Chagres knows the kernel's structs on amd64 and aarch64, and this is " + arch + ".";
        }
        try {
            return library();
        } catch (LinkageError | IllegalCallerException e) {
            return explain(root(e));
        }
    }

    private static String library() {
        for (String name : NEEDED) {
            if (!Libc.has(name)) {
                return missing(name);
            }
        }
        return kernel();
    }

    /** Sends a datum through epoll and looks whether it comes back. */
    private static String kernel() {
        int epfd = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        int fd = EventFd.eventfd(1, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        try {
            MemorySegment event = Memory.allocate(2L * EpollEvent.BYTES);
            EpollEvent.set(event, 0, Epoll.EPOLLIN, MAGIC);
            int added = Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, event);
            event.fill((byte) 0);
            int ready = added < 0 ? added : Epoll.epoll_wait(epfd, event, 1, 0);
            return verdict(ready, EpollEvent.events(event, 0), EpollEvent.data(event, 0));
        } finally {
            closeIfOpen(fd);
            closeIfOpen(epfd);
        }
    }

    static String verdict(int ready, int events, long data) {
        if (ready < 0) {
            return "The kernel refuses epoll: " + Errno.name(ready) + ", " + Errno.message(ready) + ".";
        }
        return ready == 1 && events == Epoll.EPOLLIN && data == MAGIC
                ? null
                : "The kernel's struct epoll_event is not the " + EpollEvent.BYTES + " bytes that Chagres takes it for.";
    }

    private static void closeIfOpen(int fd) {
        if (fd >= 0) {
            Descriptors.close(fd);
        }
    }

    static String missing(String symbol) {
        return "The C library has no function " + symbol + ".";
    }

    private static Throwable root(Throwable t) {
        return t.getCause() == null ? t : root(t.getCause());
    }

    static String explain(Throwable t) {
        if (t instanceof IllegalCallerException) {
            Module module = SelfCheck.class.getModule();
            return "Native access is not enabled: start java with --enable-native-access="
                    + (module.isNamed() ? module.getName() : "ALL-UNNAMED") + ".";
        }
        return "The C library cannot be called: " + Objects.requireNonNullElse(t.getMessage(), t.toString()) + ".";
    }
}
