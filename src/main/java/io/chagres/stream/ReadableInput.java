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

/**
 * A {@link Duplex} as another thread reads it: {@link Readable#inputStream()}. The loop leaves one chunk here; when the reader
 * has used it up, it asks the loop for the next. Nothing else is shared by the two threads.
 */
final class ReadableInput extends InputStream {

    private final Duplex stream;
    private final Stay stay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Runnable onReadable = this::bring;
    /** What the reader has not taken yet, or null. */
    private ByteBuffer chunk;
    /** Whether the loop brings nothing any more. */
    private boolean over;

    private ChagresException error;
    private boolean closed;

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

    /** Keeps the loop alive until the stream has closed; a loop that is closed ends it first, so that no reader waits for ever. */
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

    /** The stream is no longer read from here: a stream that is opened again flows as its other listeners want it to. */
    private void finished(ChagresException error) {
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

    /** The loop is asked under the lock: while it is not over here, the loop has not returned from its run. */
    private int take(ByteBuffer from, byte[] target, int offset, int count) {
        from.get(target, offset, count);
        if (!from.hasRemaining()) {
            chunk = null;
            if (!over) {
                onLoop(this::bring);
            }
        }
        return count;
    }

    /** The loop can't bring what its own thread waits for. */
    private void requireOtherThread() {
        if (stream.core.isLoopThread()) {
            throw new UsageException(
                    "ERR_INVALID_STATE", "read() waits, and this is the loop's thread: read on another");
        }
    }

    /** The chunk, once there is one; null at the end. */
    private ByteBuffer await() throws IOException {
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

    /** Destroys the stream; a read that waits, or comes later, throws. */
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
            // It has ended the stream.
        }
    }
}
