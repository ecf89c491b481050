package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The reading half of a stream: the listener, and the reads that an event of the descriptor causes. */
final class ReadLoop {

    /** The maximum of reads per event, as in libuv (uv__read): a peer that sends without pause must not hold the loop. */
    private static final int READS_PER_EVENT = 32;

    private static final int SUGGESTED_SIZE = 64 * 1024;

    private final StreamHandle handle;
    private @Nullable ReadListener listener;

    ReadLoop(StreamHandle handle) {
        this.handle = handle;
    }

    boolean isReading() {
        return listener != null;
    }

    void start(ReadListener listener) {
        this.listener = listener;
        handle.watcher().add(Epoll.EPOLLIN);
    }

    void stop() {
        listener = null;
        handle.watcher().remove(Epoll.EPOLLIN);
    }

    /** Reads until the descriptor has no more, or the bound is reached. A listener may stop, restart or close in each of its calls. */
    void ready() {
        for (int reads = 0; reads < READS_PER_EVENT && listener != null; reads++) {
            ReadListener current = listener;
            ByteBuffer buffer = current.onAllocate(SUGGESTED_SIZE);
            if (listener != current) {
                return;
            }
            boolean mayHaveMore = buffer != null && buffer.hasRemaining()
                    ? readInto(requireFillable(buffer), current)
                    : refuse(current);
            handle.drainTicks();
            if (!mayHaveMore) {
                return;
            }
        }
    }

    /** Stops reading and throws EINVAL if {@code buffer} is read-only: the event would repeat in each turn, and the exception with it. */
    private ByteBuffer requireFillable(ByteBuffer buffer) {
        if (buffer.isReadOnly()) {
            handle.readStop();
            throw new UsageException("EINVAL", "the buffer to read into is read-only: " + buffer);
        }
        return buffer;
    }

    /** Reports a buffer without room. Reading goes on, as in libuv, and the listener is asked again in the next turn. */
    private boolean refuse(ReadListener listener) {
        listener.onError(handle.failure(Errno.ENOBUFS, "read"));
        return false;
    }

    /**
     * Reads once; returns whether there may be more. A read that does not fill the buffer has emptied the socket: another one would cost
     * a system call that returns EAGAIN.
     */
    private boolean readInto(ByteBuffer buffer, ReadListener listener) {
        int room = buffer.remaining();
        StreamWatcher watcher = handle.watcher();
        long count;
        try {
            count = watcher.transport().read(watcher.fd(), buffer);
        } catch (IllegalStateException | WrongThreadException closedArena) {
            fail(handle.failure(Errno.EFAULT, "read").because(closedArena));
            return false;
        }
        if (count > 0) {
            listener.onRead((int) count, buffer);
            return count == room;
        }
        readNothing((int) count, buffer, listener);
        return false;
    }

    /**
     * Handles the end of the stream, an error, or a read without a byte. It is a method of its own because it runs rarely: the compiler
     * keeps it apart from {@link #readInto}, which it need not compile again when one of these cases occurs for the first time.
     */
    private void readNothing(int count, ByteBuffer buffer, ReadListener listener) {
        if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
            listener.onRead(0, buffer);
        } else if (count == 0) {
            handle.readStop();
            listener.onEnd();
        } else {
            fail(handle.failure(count, "read"));
        }
    }

    /** Ends the reading with {@code error}, and calls the listener if there is one. */
    void fail(SystemException error) {
        ReadListener failed = listener;
        handle.readFailed();
        if (failed != null) {
            failed.onError(error);
        }
    }
}
