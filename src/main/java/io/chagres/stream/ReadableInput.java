package io.chagres.stream;

import io.chagres.ChagresException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The input stream of {@link Readable#inputStream()}, which one other thread reads. The loop thread leaves one chunk here. When the reader
 * has consumed it, the reader asks the loop for the next. The two threads share nothing else.
 */
final class ReadableInput extends InputStream {

    private final Duplex stream;
    private final Patience patience;
    private final Stay stay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Runnable onReadable = this::bring;
    private final BooleanSupplier hasNews = this::hasNews;

    // guarded by the lock
    private @Nullable ByteBuffer chunk; // the rest that the reader has not taken yet, or null
    private boolean over; // the loop brings no chunk any more
    private @Nullable ChagresException error;
    private boolean closed; // by the reader

    private ReadableInput(Duplex stream, Patience patience) {
        this.stream = stream;
        this.patience = patience;
        stay = new Stay(stream, "inputStream", lock, () -> finished(Finished.prematureClose()));
        stay.begin();
        stream.onReadable(onReadable);
        Streams.finishedReading(stream, this::finished);
    }

    /** Returns an input stream of {@code readable} whose reads have no limit. */
    static InputStream of(Readable readable) {
        Duplex stream = (Duplex) readable;
        stream.checkThread();
        return new ReadableInput(stream, Patience.ENDLESS);
    }

    /** Returns an input stream of {@code readable} whose reads wait for up to {@code timeout}. */
    static InputStream of(Readable readable, Duration timeout) {
        Duplex stream = (Duplex) readable;
        stream.checkThread();
        return new ReadableInput(stream, Patience.of(timeout));
    }

    // ---- on the loop thread

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
        stream.core.refuseWait("read()");
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

    private boolean hasNews() {
        return chunk != null || over || closed;
    }

    /** Waits for a chunk and returns it, or null at the end. */
    private @Nullable ByteBuffer await() throws IOException {
        patience.await(changed, hasNews, "bytes");
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
            if (stay.isOn()) {
                onLoop(stream::destroy);
            }
        } finally {
            lock.unlock();
        }
    }

    private void onLoop(Runnable task) {
        try {
            stream.loop().execute(task);
        } catch (RejectedExecutionException closedLoop) {
            // the close of the loop has destroyed the stream
        }
    }
}
