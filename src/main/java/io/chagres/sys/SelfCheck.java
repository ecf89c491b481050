package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A test whether this JVM can call this kernel in the way that the package needs.
 *
 * <p>It runs once, before any other class of the package is used, and again only if descriptors or memory were
 * lacking. It costs nothing extra, because it makes the calls that a loop makes anyway.
 */
public final class SelfCheck {

    /**
     * The functions that a loop with streams calls. A look at the symbols costs nothing, while the handles of {@link
     * Sockets} are linked later.
     */
    private static final String[] NEEDED = {
        "socket", "setsockopt", "getsockopt", "bind", "listen", "getsockname", "getpeername", "accept4", "connect",
        "shutdown", "recv", "send", "recvmsg", "sendmsg", "read", "write", "close", "fcntl",
        "epoll_create1", "epoll_ctl", "epoll_wait", "eventfd",
    };

    /** The values of {@code os.arch} on the processors whose structs and call conventions the tests have confirmed. */
    private static final Set<String> ARCHITECTURES = Set.of("amd64", "x86_64", "aarch64", "riscv64");

    /** A large number without two equal bytes, so that bytes read from a wrong offset cannot have the same value. */
    private static final long MAGIC = 0x0123_4567_89ab_cdefL;

    private static boolean checked;
    private static @Nullable String cause;

    private SelfCheck() {}

    /** Returns whether everything that the package needs is there. */
    public static boolean isAvailable() {
        return unavailabilityCause() == null;
    }

    /** Returns one sentence about the thing that is missing; null if nothing is. */
    public static synchronized @Nullable String unavailabilityCause() {
        if (!checked) {
            checked = true;
            cause = cause(System.getProperty("os.name"), System.getProperty("os.arch"));
        }
        return cause;
    }

    static @Nullable String cause(String os, String arch) {
        if (!os.equals("Linux")) {
            return "Chagres speaks to the Linux kernel, and this is " + os + ".";
        }
        if (!ARCHITECTURES.contains(arch)) {
            return "Chagres knows the kernel's structs on amd64, aarch64 and riscv64, and this is " + arch + ".";
        }
        try {
            return library();
        } catch (LinkageError | RuntimeException e) {
            return explain(SelfCheck.class.getModule(), root(e));
        }
    }

    private static @Nullable String library() {
        for (String name : NEEDED) {
            if (!Libc.has(name)) {
                return missing(name);
            }
        }
        return kernel();
    }

    private static @Nullable String kernel() {
        int epfd = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        int fd = EventFd.eventfd(1, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        try {
            int refusal = Math.min(0, Math.min(epfd, fd));
            return refusal == 0 ? roundTrip(epfd, fd) : isPassing(refusal) ? undecided() : refused(refusal);
        } finally {
            closeIfOpen(fd);
            closeIfOpen(epfd);
        }
    }

    /** Passes a number through epoll and tests whether it comes back unchanged. */
    private static @Nullable String roundTrip(int epfd, int fd) {
        MemorySegment event = Memory.allocate(2L * EpollEvent.BYTES);
        EpollEvent.set(event, 0, Epoll.EPOLLIN, MAGIC);
        int added = Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, event);
        if (added < 0) {
            return refused(added);
        }
        event.fill((byte) 0);
        int ready = Epoll.epoll_wait(epfd, event, 1, 0);
        return verdict(ready, EpollEvent.events(event, 0), EpollEvent.data(event, 0));
    }

    /** Returns whether a later check may succeed: the process or the system has no descriptor or no memory to spare. */
    static boolean isPassing(int errno) {
        return errno == -Errno.EMFILE || errno == -Errno.ENFILE || errno == -Errno.ENOMEM;
    }

    /**
     * Leaves the verdict to a later check. The loop that is about to be made gets the same error from the same calls.
     */
    private static @Nullable String undecided() {
        checked = false;
        return null;
    }

    static @Nullable String verdict(int ready, int events, long data) {
        boolean same = ready == 1 && events == Epoll.EPOLLIN && data == MAGIC;
        return same ? null : "The kernel's struct epoll_event is not the " + EpollEvent.BYTES + " bytes of our layout.";
    }

    static String refused(int errno) {
        return "The kernel refuses epoll: " + Errno.name(errno) + ", " + Errno.message(errno) + ".";
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

    /**
     * Returns the sentence about a failed call. On JDK 24 and 25, native access that was not enabled is granted with
     * a warning, and the module counts as enabled from then on.
     */
    static String explain(Module module, Throwable t) {
        return module.isNativeAccessEnabled()
                ? "The C library cannot be called: " + t + "."
                : "Native access is not enabled: start java with --enable-native-access="
                        + (module.isNamed() ? module.getName() : "ALL-UNNAMED") + ".";
    }
}
