package io.chagres.socket;

import io.chagres.sys.Errno;
import java.nio.ByteBuffer;

/**
 * The system calls that move bytes between the buffers of a stream and its descriptor. A method returns the result of the kernel: the
 * number of bytes, or -errno.
 *
 * <p>A buffer is filled or emptied from its position, at most to its limit, and both stay. No buffer is kept after the call. {@link
 * io.chagres.sys.Buffers} says how its memory is held during the call. A buffer of a closed arena throws IllegalStateException.
 *
 * <p>There are three: {@link SocketTransport} for sockets, {@link IpcTransport} for sockets that receive descriptors too, and {@link
 * FileTransport} for all other files.
 */
abstract class Transport {

    abstract long read(int fd, ByteBuffer buffer);

    abstract long write(int fd, ByteBuffer buffer);

    abstract long write(int fd, Gather gather);

    /**
     * Returns the maximum number of bytes that one write offers to the kernel. If the kernel takes fewer than were offered, it takes no
     * more for now.
     */
    int maxBytesPerWrite() {
        return WriteRequest.MAX_BYTES;
    }

    /** Converts the result of a write that is not repeated: 0 if the kernel takes nothing now. Throws the error of {@code stream}. */
    static int taken(StreamHandle stream, long result) {
        if (result == -Errno.EAGAIN || result == -Errno.ENOBUFS || result == -Errno.EINTR) {
            return 0;
        }
        if (result < 0) {
            throw stream.failure((int) result, "write");
        }
        return (int) result;
    }

    /** Ends the writing side; returns 0 or -errno. */
    abstract int shutdown(int fd);
}
