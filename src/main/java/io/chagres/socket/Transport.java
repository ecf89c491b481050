package io.chagres.socket;

import io.chagres.sys.Errno;
import java.nio.ByteBuffer;

/**
 * How bytes pass between a stream and its descriptor. What a call returns is what the kernel returned: how many bytes, or
 * -errno. Buffers are filled and emptied from their position, at most to their limit, and keep both. None is kept: how its memory
 * is held during the call, {@link io.chagres.sys.Buffers} says. A buffer of a closed arena throws IllegalStateException.
 *
 * <p>There are three: {@link SocketTransport}, {@link FileTransport} for what is no socket, and {@link IpcTransport} for
 * sockets over which descriptors come too.
 */
abstract class Transport {

    abstract long read(int fd, ByteBuffer buffer);

    abstract long write(int fd, ByteBuffer buffer);

    abstract long write(int fd, Gather gather);

    /** How many bytes one write takes at most, whatever the buffer has; a kernel that takes fewer takes no more for now. */
    int mostPerWrite() {
        return WriteRequest.MOST_BYTES;
    }

    /** The result of a write of {@code stream} that is not repeated: what could not go now is 0, and an error throws. */
    static int taken(StreamHandle stream, long result) {
        if (result == -Errno.EAGAIN || result == -Errno.ENOBUFS || result == -Errno.EINTR) {
            return 0;
        }
        if (result < 0) {
            throw stream.failure((int) result, "write");
        }
        return (int) result;
    }

    /** Ends the writing side: 0 or -errno. */
    abstract int shutdown(int fd);
}
