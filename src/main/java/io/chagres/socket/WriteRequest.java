package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One pending write: views of the caller's buffers, which are made during the call ({@link Buffers}), and the callback. */
final class WriteRequest {

    /** The maximum of bytes that one system call writes: MAX_RW_COUNT of the kernel, see write(2). */
    static final int MAX_BYTES = 0x7ffff000;

    private final ByteBuffer[] buffers;
    private final Completion callback;
    private int index;

    /** The number of bytes that the kernel has not taken yet. */
    long remaining;
    /** The error that the write failed with; 0 if there is none. */
    int errno;
    /** The cause of EFAULT; null if there is none. */
    @Nullable
    RuntimeException closedArena;

    @Nullable
    WriteRequest next;
    /** The handle whose descriptor travels with the first byte; null if there is none, or it was sent. */
    @Nullable
    SocketHandle toSend;

    /**
     * Makes the views and checks that their memory is accessible. The positions and limits of the caller's buffers never change.
     *
     * @throws UsageException EINVAL if an argument or a buffer is null, there is no buffer, or there are more than {@link #MAX_BYTES} bytes
     * @throws IllegalStateException if the arena of a buffer is closed
     * @throws WrongThreadException if the arena of a buffer is confined to another thread
     */
    WriteRequest(ByteBuffer[] data, Completion callback) {
        if (UsageException.requireArgument(data, "data").length == 0) {
            throw new UsageException("EINVAL", "data has no buffers");
        }
        buffers = new ByteBuffer[data.length];
        for (int i = 0; i < data.length; i++) {
            buffers[i] = Buffers.view(UsageException.requireArgument(data[i], "buffer of data"));
            Buffers.requireAccessible(buffers[i]);
            remaining += buffers[i].remaining();
        }
        requireSize(remaining);
        this.callback = UsageException.requireArgument(callback, "callback");
    }

    static void requireSize(long bytes) {
        if (bytes > MAX_BYTES) {
            throw new UsageException("EINVAL", "a write has at most " + MAX_BYTES + " bytes: " + bytes);
        }
    }

    Completion callback() {
        return callback;
    }

    /** Returns the error for the callback of a write of {@code stream}; null for success. */
    @Nullable
    SystemException failure(StreamHandle stream) {
        if (errno == 0) {
            return null;
        }
        SystemException failure = Requests.failure(stream, errno, "write");
        return closedArena == null ? failure : failure.because(closedArena);
    }

    /** Returns how many buffers are left. Some of them may be empty. */
    int buffersLeft() {
        return buffers.length - index;
    }

    /** Returns the first buffer that has bytes left; an empty one if all bytes are written. */
    ByteBuffer firstBuffer() {
        while (index < buffers.length - 1 && !buffers[index].hasRemaining()) {
            index++;
        }
        return buffers[index];
    }

    ByteBuffer buffer(int fromFirst) {
        return buffers[index + fromFirst];
    }

    /** Records that the kernel has taken the next {@code count} bytes. */
    void advance(long count) {
        remaining -= count;
        while (count > 0) {
            ByteBuffer buffer = firstBuffer();
            int step = (int) Math.min(count, buffer.remaining());
            buffer.position(buffer.position() + step);
            count -= step;
        }
    }
}
