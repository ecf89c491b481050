package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import java.nio.ByteBuffer;

/** The reading half of a stream: who reads, and what happens when there is something to read. */
final class ReadLoop {

    /** Reads per event, as in libuv: a peer that sends without pause must not hold the loop. */
    private static final int READS_PER_EVENT = 32;

    private static final int SUGGESTED_SIZE = 64 * 1024;

    private final StreamHandle handle;
    private ReadListener listener;

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

    /** Data, an end or an error may be there. After each call of the listener everything may have changed. */
    void ready() {
        for (int reads = 0; reads < READS_PER_EVENT && listener != null; reads++) {
            ReadListener asked = listener;
            ByteBuffer buffer = asked.onAllocate(SUGGESTED_SIZE);
            if (listener != asked) {
                return;
            }
            boolean mayHaveMore =
                    buffer != null && buffer.hasRemaining() ? readInto(requireFillable(buffer)) : refuse();
            handle.drainTicks();
            if (!mayHaveMore) {
                return;
            }
        }
    }

    /** The exception is as one of the listener's own. Reading has stopped when it is thrown: it would be thrown in each turn. */
    private ByteBuffer requireFillable(ByteBuffer buffer) {
        if (buffer.isReadOnly()) {
            handle.readStop();
            throw new UsageException("EINVAL", "the buffer to read into is read-only: " + buffer);
        }
        return buffer;
    }

    private boolean refuse() {
        listener.onError(handle.failure(Errno.ENOBUFS, "read"));
        return false;
    }

    /** A read that does not fill the buffer has emptied the socket: asking again would cost a call that finds nothing. */
    private boolean readInto(ByteBuffer buffer) {
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
        if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
            listener.onRead(0, buffer);
        } else if (count == 0) {
            ReadListener ended = listener;
            handle.readStop();
            ended.onEnd();
        } else {
            fail(handle.failure((int) count, "read"));
        }
        return false;
    }

    void fail(SystemException error) {
        ReadListener failed = listener;
        handle.readFailed();
        if (failed != null) {
            failed.onError(error);
        }
    }
}
