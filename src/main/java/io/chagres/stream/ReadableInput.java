package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.internal.Resident;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The input stream of {@link Readable#inputStream()}, which one other thread reads. The loop thread leaves one chunk here. When the reader
 * has consumed it, the reader asks the loop for the next. The two threads share nothing else.
 */
final class ReadableInput extends InputStream {

    private final Duplex stream;
    private final Stay stay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Runnable onReadable = this::bring;

    // guarded by the lock
    private @Nullable ByteBuffer chunk; // the rest that the reader has not taken yet, or null
    private boolean over; // the loop brings no chunk any more
    private @Nullable ChagresException error;
    private boolean closed; // by the reader

    ReadableInput(Duplex stream) {
        this.stream = stream;
        stay = new Stay(stream);
        if (!stream.isClosed()) {
            stay.begin();
        }
        stream.onReadable(onReadable);
        Streams.finishedReading(stream, this::finished);
    }

    // ---- on the loop thread

    /**
     * A resident that keeps the loop alive until the stream has closed. A loop that is closed closes it, so that no reader waits without
     * end.
     */
    private final class Stay extends Resident {

        private final CloseListener onClose = hadError -> end();
        private boolean begun;

        Stay(Duplex stream) {
            super(stream.core);
        }

        void begin() {
            begun = true;
            stream.core.residents().add(this);
            stream.core.keepAlive();
            stream.onClose(onClose);
        }

        private void end() {
            if (begun) {
                begun = false;
                stream.offClose(onClose);
                stream.core.residents().remove(this);
                stream.core.letGo();
            }
        }

        @Override
        public void close() {
            stream.destroy();
            finished(Finished.prematureClose());
            end();
            stream.core.phases().closing.add(this);
        }

        @Override
        protected boolean holdsLoop() {
            return begun;
        }

        @Override
        public String toString() {
            return "inputStream of " + stream;
        }
    }

    private void bring() {
        if (hasRoom()) {
            ByteBuffer next = stream.read();
            if (next != null) {
                leave(next.duplicate());
            }
        }
    }

    private boolean hasRoom() {
        lock.lock();
        try {
            return chunk == null && !over && !closed;
        } finally {
            lock.unlock();
        }
    }

    private void leave(ByteBuffer next) {
        lock.lock();
        try {
            chunk = next;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the reader, and removes the listener: a stream that is opened again flows as its other listeners decide. */
    private void finished(@Nullable ChagresException error) {
        stream.offReadable(onReadable);
        lock.lock();
        try {
            if (!over) {
                over = true;
                this.error = error;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- on the reader's thread

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        requireOtherThread();
        lock.lock();
        try {
            ByteBuffer from = await();
            return from == null ? -1 : take(from, target, offset, Math.min(length, from.remaining()));
        } finally {
            lock.unlock();
        }
    }

    /** Takes bytes from the chunk; called with the lock. */
    private int take(ByteBuffer from, byte[] target, int offset, int count) {
        from.get(target, offset, count);
        if (!from.hasRemaining()) {
            chunk = null;
            if (!over) {
                onLoop(this::bring); // under the lock: until this is over, the loop has not returned from run
            }
        }
        return count;
    }

    /** Throws on the loop thread, which would wait for what only it can bring. */
    private void requireOtherThread() {
        if (stream.core.isLoopThread()) {
            throw new UsageException(
                    "ERR_INVALID_STATE", "read() waits, and this is the loop's thread: read on another");
        }
    }

    /** Waits for a chunk and returns it, or null at the end. */
    private @Nullable ByteBuffer await() throws IOException {
        while (chunk == null && !over && !closed) {
            try {
                changed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for bytes");
            }
        }
        if (closed) {
            throw new IOException("Stream closed");
        }
        if (chunk == null && error != null) {
            throw new IOException(error.getMessage(), error);
        }
        return chunk;
    }

    @Override
    public int available() {
        lock.lock();
        try {
            return chunk == null ? 0 : chunk.remaining();
        } finally {
            lock.unlock();
        }
    }

    /** Destroys the stream. A read that waits throws, and so does every later read. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            chunk = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        onLoop(stream::destroy);
    }

    private void onLoop(Runnable task) {
        try {
            stream.loop().execute(task);
        } catch (RejectedExecutionException closedLoop) {
            // the close of the loop has destroyed the stream
        }
    }
}
