package io.chagres.net;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.socket.DescriptorKind;
import io.chagres.socket.Pipe;
import io.chagres.socket.StreamHandle;
import io.chagres.socket.Tcp;
import io.chagres.stream.DuplexOptions;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Sockets;

/** A descriptor, or a handle, that a user has given to be a socket's. */
final class GivenDescriptor {

    private GivenDescriptor() {}

    /**
     * A handle of the descriptor's kind. Where it throws, the descriptor stays the caller's.
     *
     * @throws UsageException ERR_INVALID_FD_TYPE where it is neither of TCP nor of a Unix socket or pipe
     * @throws SystemException EBADF
     */
    static StreamHandle open(Loop loop, int fd) {
        check(Descriptors.fcntl(fd, Descriptors.F_GETFD, 0), "open");
        DescriptorKind kind = DescriptorKind.of(fd);
        if (kind != DescriptorKind.TCP && kind != DescriptorKind.PIPE) {
            throw new UsageException("ERR_INVALID_FD_TYPE", "Unsupported fd type: " + kind);
        }
        StreamHandle handle = kind == DescriptorKind.TCP ? new Tcp(loop) : new Pipe(loop);
        try {
            open(handle, fd);
        } catch (Throwable refused) {
            handle.close();
            throw refused;
        }
        return handle;
    }

    private static void open(StreamHandle handle, int fd) {
        if (handle instanceof Tcp tcp) {
            tcp.open(fd);
        } else {
            ((Pipe) handle).open(fd);
        }
    }

    /** Throws EINVAL unless {@code handle} can be a socket's of {@code loop}. */
    static StreamHandle require(StreamHandle handle, Loop loop) {
        if (handle.loop() != loop || handle.isClosing()) {
            throw new UsageException("EINVAL", "the handle is closed, or belongs to another loop: " + handle);
        }
        return handle;
    }

    /** {@code options} for the directions that the descriptor was opened for. */
    static DuplexOptions asOpened(int fd, DuplexOptions options) {
        return switch (Descriptors.fcntl(fd, Descriptors.F_GETFL, 0) & Descriptors.O_ACCMODE) {
            case Descriptors.O_RDONLY -> options.writable(false);
            case Descriptors.O_WRONLY -> options.readable(false);
            default -> options;
        };
    }

    /** Whether bytes can pass through it: a socket has a peer, and a pipe is as it is. */
    static boolean isConnected(StreamHandle handle) {
        int fd = handle.fd();
        return fd >= 0 && (Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE) < 0 || hasPeer(handle));
    }

    private static boolean hasPeer(StreamHandle handle) {
        try {
            if (handle instanceof Tcp tcp) {
                tcp.remoteAddress();
            } else {
                ((Pipe) handle).remoteName();
            }
            return true;
        } catch (SystemException notConnected) {
            return false;
        }
    }
}
