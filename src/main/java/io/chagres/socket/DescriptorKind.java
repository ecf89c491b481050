package io.chagres.socket;

import io.chagres.sys.Descriptors;
import io.chagres.sys.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a descriptor is of.
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
    /** Anything else, or nothing. */
    UNKNOWN;

    private static final int S_IFMT = 0xF000;
    private static final int S_IFIFO = 0x1000;
    private static final int S_IFCHR = 0x2000;
    private static final int S_IFREG = 0x8000;

    /** The kind of {@code fd}; UNKNOWN also where it is not open. */
    public static DescriptorKind of(int fd) {
        long family = Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_DOMAIN);
        return family < 0
                ? ofFile(fd)
                : ofSocket((int) family, (int) Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE));
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

    /** st_mode of stat(2); 0 where there is none. */
    private static int mode(int fd) {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:mode");
        } catch (IOException noSuchDescriptor) {
            return 0;
        }
    }
}
