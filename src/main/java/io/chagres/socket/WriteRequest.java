package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;

/** One write: views of the caller's buffers, made during the call ({@link Buffers}), and the callback. */
final class WriteRequest {

    /** What one system call writes at most: MAX_RW_COUNT, write(2). */
    static final int MOST_BYTES = 0x7ffff000;

    private final ByteBuffer[] buffers;
    private final Completion callback;
    private int index;

    /** What is not with the kernel yet. */
    long remaining;
    /** 0, or how it failed. */
    int errno;
    /** Why it failed with EFAULT, or null. */
    RuntimeException closedArena;

    WriteRequest next;
    /** The handle whose descriptor travels with the first byte; null if there is none, or it was sent. */
    SocketHandle toSend;

    /**
     * The callers' buffers keep their positions and limits, whatever becomes of these here.
     *
     * @throws UsageException EINVAL where something is null, there is no buffer, or there are more bytes than {@link #MOST_BYTES}
     * @throws IllegalStateException if the arena of a buffer is closed
     * @throws WrongThreadException if it is confined to another thread
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
        if (bytes > MOST_BYTES) {
            throw new UsageException("EINVAL", "a write has at most " + MOST_BYTES + " bytes: " + bytes);
        }
    }

    Completion callback() {
        return callback;
    }

    /** Returns the error for the callback of a write of {@code stream}; null for success. */
    SystemException failure(StreamHandle stream) {
        if (errno == 0) {
            return null;
        }
        SystemException failure = Requests.failure(stream, errno, "write");
        return closedArena == null ? failure : failure.because(closedArena);
    }

    /** How many of its buffers have something left, roughly: empty ones between them count too. */
    int buffersLeft() {
        return buffers.length - index;
    }

    /** The first buffer with something left; where all is written, an empty one. */
    ByteBuffer firstBuffer() {
        while (index < buffers.length - 1 && !buffers[index].hasRemaining()) {
            index++;
        }
        return buffers[index];
    }

    ByteBuffer buffer(int fromFirst) {
        return buffers[index + fromFirst];
    }

    /** Takes note that the kernel has the next {@code count} bytes. */
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
