package io.chagres.loop.internal;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.sys.Descriptors;
import io.chagres.sys.FileIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The use of a descriptor that was given to a handle, not made by it. The descriptor is non-blocking while the use lasts.
 *
 * <p>O_NONBLOCK belongs to the open file description, which other descriptors and processes may share: standard input is shared with the
 * shell, and with the next program that the shell starts. If the flag was not set before the use, it is cleared at the {@link #end()},
 * and when the JVM exits. If several uses share a description, the last one clears the flag.
 *
 * <p>Two descriptors are assumed to share a description if they have the same file and the same flags. That is wrong only for a terminal
 * or FIFO that is open twice, once in each mode: kcmp(2), which would tell, is not always permitted.
 */
public final class NonBlocking {

    /** The descriptions that were made non-blocking here. Also the lock of this class. */
    private static final List<Description> CHANGED = new ArrayList<>();

    private static boolean hooked;

    private final int fd;
    /** Null if the descriptor was non-blocking before. */
    private final @Nullable Description description;

    /** A description that was blocking, and the descriptors by which it is used. */
    private record Description(@Nullable FileIdentity file, int flags, List<Integer> users) {}

    private NonBlocking(int fd, @Nullable Description description) {
        this.fd = fd;
        this.description = description;
        if (description != null) {
            description.users.add(fd);
        }
    }

    /**
     * Makes {@code fd} non-blocking.
     *
     * @param flags the result of fcntl(2) with F_GETFL
     * @throws SystemException the error of fcntl(2) or fstat(2); nothing is changed then
     */
    public static NonBlocking begin(int fd, int flags) {
        synchronized (CHANGED) {
            return new NonBlocking(
                    fd, (flags & Descriptors.O_NONBLOCK) != 0 ? changedBefore(fd, flags) : change(fd, flags));
        }
    }

    private static @Nullable Description changedBefore(int fd, int flags) {
        FileIdentity file = CHANGED.isEmpty() ? null : FileIdentity.of(fd);
        for (Description known : CHANGED) {
            if (file != null && file.equals(known.file) && flags == (known.flags | Descriptors.O_NONBLOCK)) {
                return known;
            }
        }
        return null;
    }

    private static Description change(int fd, int flags) {
        hookIn();
        Description description = new Description(FileIdentity.of(fd), flags, new ArrayList<>(1));
        CHANGED.add(description);
        int result = Descriptors.fcntl(fd, Descriptors.F_SETFL, flags | Descriptors.O_NONBLOCK);
        if (result < 0) {
            CHANGED.remove(description);
            check(result, "fcntl");
        }
        return description;
    }

    /**
     * Makes {@code fd} non-blocking for good: a handle does not put the blocking mode back at its close, since other processes use the same
     * open file description by then.
     *
     * @throws SystemException the error of fcntl(2)
     */
    public static void forGood(int fd) {
        int flags = check(Descriptors.fcntl(fd, Descriptors.F_GETFL, 0), "fcntl");
        check(Descriptors.fcntl(fd, Descriptors.F_SETFL, flags | Descriptors.O_NONBLOCK), "fcntl");
    }

    /** Ends the use. A handle that closes the descriptor calls this before. Calling it again is a no-op. */
    public void end() {
        synchronized (CHANGED) {
            if (description != null && description.users.remove((Integer) fd) && description.users.isEmpty()) {
                CHANGED.remove(description);
                putBack(description, fd);
            }
        }
    }

    /** Ends the use, and leaves the descriptor non-blocking for an owner that goes on with it. */
    public void leave() {
        synchronized (CHANGED) {
            if (description != null && description.users.remove((Integer) fd) && description.users.isEmpty()) {
                CHANGED.remove(description);
            }
        }
    }

    /** Clears the flag, unless the owner has closed the descriptor and another file has its number now. */
    private static void putBack(Description description, int fd) {
        int flags = Descriptors.fcntl(fd, Descriptors.F_GETFL, 0);
        if (flags >= 0
                && (flags & Descriptors.O_NONBLOCK) != 0
                && Objects.equals(FileIdentity.of(fd), description.file)) {
            Descriptors.fcntl(fd, Descriptors.F_SETFL, flags & ~Descriptors.O_NONBLOCK);
        }
    }

    private static void hookIn() {
        if (!hooked) {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(NonBlocking::putAllBack, "chagres-non-blocking"));
                hooked = true;
            } catch (IllegalStateException exiting) {
                hooked = true; // the JVM exits already: only end() clears the flag
            }
        }
    }

    private static void putAllBack() {
        synchronized (CHANGED) {
            CHANGED.forEach(description -> description.users.stream().limit(1).forEach(fd -> putBack(description, fd)));
        }
    }

    @Override
    public String toString() {
        return "NonBlocking (fd " + fd + (description == null ? ")" : ", was blocking)");
    }
}
