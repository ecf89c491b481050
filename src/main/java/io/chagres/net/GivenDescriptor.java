package io.chagres.net;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.socket.DescriptorKind;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.stream.DuplexOptions;
import io.chagres.sys.Descriptors;

/** A descriptor, or a handle, that a user has given to a socket or a server. */
final class GivenDescriptor {

    private GivenDescriptor() {}

    /**
     * Opens a handle of the descriptor's kind. If this throws, the caller still owns the descriptor.
     *
     * @throws UsageException ERR_INVALID_FD_TYPE if it is neither a TCP socket nor a Unix socket or pipe
     * @throws SystemException EBADF
     */
    static SocketHandle open(Loop loop, int fd) {
        check(Descriptors.fcntl(fd, Descriptors.F_GETFD, 0), "open");
        DescriptorKind kind = DescriptorKind.of(fd);
        if (kind != DescriptorKind.TCP && kind != DescriptorKind.PIPE) {
            throw new UsageException("ERR_INVALID_FD_TYPE", "Unsupported fd type: " + kind);
        }
        SocketHandle handle = kind == DescriptorKind.TCP ? new Tcp(loop) : new Pipe(loop);
        try {
            handle.open(fd);
        } catch (Throwable refused) {
            handle.close();
            throw refused;
        }
        return handle;
    }

    /** Throws EINVAL unless {@code handle} can be the handle of a socket of {@code loop}. */
    static SocketHandle require(SocketHandle handle, Loop loop) {
        if (handle.loop() != loop || handle.isClosing()) {
            throw new UsageException("EINVAL", "the handle is closed, or belongs to another loop: " + handle);
        }
        return handle;
    }

    /** Returns {@code options} for the directions that the descriptor was opened for. */
    static DuplexOptions asOpened(int fd, DuplexOptions options) {
        return switch (Descriptors.fcntl(fd, Descriptors.F_GETFL, 0) & Descriptors.O_ACCMODE) {
            case Descriptors.O_RDONLY -> options.writable(false);
            case Descriptors.O_WRONLY -> options.readable(false);
            default -> options;
        };
    }
}
