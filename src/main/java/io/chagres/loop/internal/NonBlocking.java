package io.chagres.loop.internal;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.sys.Descriptors;
import io.chagres.sys.FileIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The use of a descriptor that was given to a handle, not made by it: as long as it lasts, the descriptor is non-blocking.
 *
 * <p>O_NONBLOCK belongs to the open file description, which other descriptors and processes may have too: standard input is that
 * of the shell, and of the next program that it starts. If the flag was not set before the use, it is taken away again at the
 * {@link #end()}, and when the JVM exits. While several uses have the same description, the last one takes it away.
 *
 * <p>Two descriptors are taken to have one description if the same file is behind them and they have the same flags. That is
 * wrong only for a terminal or FIFO that is open twice, once in each mode; no call that is always permitted tells them apart.
 */
public final class NonBlocking {

    /** The descriptions that were made non-blocking here; the lock of all that is here. */
    private static final List<Description> CHANGED = new ArrayList<>();

    private static boolean hooked;

    private final int fd;
    /** Null if it was non-blocking before. */
    private final Description description;

    /** A description that was blocking, and the descriptors by which it is used. */
    private record Description(FileIdentity file, int flags, List<Integer> users) {}

    private NonBlocking(int fd, Description description) {
        this.fd = fd;
        this.description = description;
        if (description != null) {
            description.users.add(fd);
        }
    }

    /**
     * Makes {@code fd} non-blocking.
     *
     * @param flags what F_GETFL of fcntl(2) says of it
     * @throws SystemException what the kernel says; nothing is changed then
     */
    public static NonBlocking begin(int fd, int flags) {
        synchronized (CHANGED) {
            return new NonBlocking(
                    fd, (flags & Descriptors.O_NONBLOCK) != 0 ? changedBefore(fd, flags) : change(fd, flags));
        }
    }

    private static Description changedBefore(int fd, int flags) {
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

    /** The use is over; called before the descriptor is closed, if it is closed by the handle. Idempotent. */
    public void end() {
        synchronized (CHANGED) {
            if (description != null && description.users.remove((Integer) fd) && description.users.isEmpty()) {
                CHANGED.remove(description);
                putBack(description, fd);
            }
        }
    }

    /** The owner of the descriptor may have closed it, and another file have its number by now. */
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
                hooked = true; // the JVM exits already: only end() puts it back
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
