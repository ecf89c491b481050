package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kind of file that is behind a descriptor. A server that inherits a descriptor, or receives one over an ipc {@link Pipe}, chooses
 * the handle by it: a {@link Tcp} opens {@link #TCP}, a {@link Pipe} opens {@link #PIPE} and {@link #TTY}.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/misc.html#c.uv_guess_handle">uv_guess_handle</a>
 */
public enum DescriptorKind {

    /** A TCP socket. */
    TCP,
    /** A stream socket of AF_UNIX, a FIFO, or an end of a pipe(7). */
    PIPE,
    /** A UDP socket. */
    UDP,
    /** A terminal. */
    TTY,
    /** A regular file, or a device that is no terminal. */
    FILE,
    /** A file of any other kind, or a descriptor that is not open. */
    UNKNOWN;

    private static final int S_IFMT = 0xF000;
    private static final int S_IFIFO = 0x1000;
    private static final int S_IFCHR = 0x2000;
    private static final int S_IFREG = 0x8000;

    /** Returns the kind of {@code fd}; UNKNOWN if it is of none of the other kinds, or not open. Any thread may call this. */
    public static DescriptorKind of(int fd) {
        long family = Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_DOMAIN);
        return family < 0
                ? ofFile(fd)
                : ofSocket((int) family, (int) Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE));
    }

    /**
     * Checks that a {@link Tcp} can open {@code fd}: any stream socket.
     *
     * @throws UsageException EINVAL if it is of another kind
     * @throws SystemException EBADF
     */
    static void requireStreamSocket(int fd) {
        SystemException.check(Descriptors.fcntl(fd, Descriptors.F_GETFD, 0), "fcntl");
        if (Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE) != Sockets.SOCK_STREAM) {
            throw new UsageException("EINVAL", "descriptor " + fd + " is no TCP socket: " + of(fd));
        }
    }

    private static DescriptorKind ofSocket(int family, int type) {
        if (family == Sockets.AF_UNIX) {
            return type == Sockets.SOCK_STREAM ? PIPE : UNKNOWN;
        }
        if (family != Sockets.AF_INET && family != Sockets.AF_INET6) {
            return UNKNOWN;
        }
        return type == Sockets.SOCK_STREAM ? TCP : type == Sockets.SOCK_DGRAM ? UDP : UNKNOWN;
    }

    private static DescriptorKind ofFile(int fd) {
        if (Descriptors.isatty(fd) == 1) {
            return TTY;
        }
        return switch (mode(fd) & S_IFMT) {
            case S_IFIFO -> PIPE;
            case S_IFCHR, S_IFREG -> FILE;
            default -> UNKNOWN;
        };
    }

    /** Returns st_mode of stat(2); 0 if {@code fd} is not open. */
    private static int mode(int fd) {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:mode");
        } catch (IOException noSuchDescriptor) {
            return 0;
        }
    }
}
