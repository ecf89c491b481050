package io.chagres.stream;

import io.chagres.ChagresException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The output stream of {@link Writable#outputStream()}, which one other thread writes. The writer leaves copies of its bytes here, and waits
 * while the high-water mark is reached. One task of the loop gives everything that was left to the stream, together.
 */
final class WritableOutput extends OutputStream {

    private final Duplex stream;
    private final Patience patience;
    private final int highWaterMark;
    private final Stay stay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final BooleanSupplier hasRoom = this::hasRoom;
    private final BooleanSupplier isOver = this::isOver;

    // guarded by the lock
    private final ArrayDeque<ByteBuffer> left = new ArrayDeque<>(); // not given to the stream yet
    private boolean posted; // a task that takes what was left
    private long length; // of the bytes that were left or are in the stream, and not written yet
    private boolean closed; // by the writer
    private boolean over; // the stream writes nothing any more
    private @Nullable ChagresException error;
    private boolean reported; // the writer has got the error

    private WritableOutput(Duplex stream, Patience patience) {
        this.stream = stream;
        this.patience = patience;
        highWaterMark = Math.max(1, stream.writableHighWaterMark());
        stay = new Stay(stream, "outputStream", lock, () -> finished(Finished.prematureClose()));
        stay.begin();
        Streams.finishedWriting(stream, this::finished);
    }

    /** Returns an output stream into {@code writable} whose writes have no limit. */
    static OutputStream of(Writable writable) {
        Duplex stream = (Duplex) writable;
        stream.checkThread();
        return new WritableOutput(stream, Patience.ENDLESS);
    }

    /** Returns an output stream into {@code writable} whose writes wait for up to {@code timeout}. */
    static OutputStream of(Writable writable, Duration timeout) {
        Duplex stream = (Duplex) writable;
        stream.checkThread();
        return new WritableOutput(stream, Patience.of(timeout));
    }

    // ---- on the loop thread

    /** Gives to the stream what the writer has left. */
    private void give() {
        List<ByteBuffer> pieces = take();
        if (!stream.isWritable()) {
            if (!stream.isDestroyed()) { // another caller has ended it
                failed(new ChagresException("ERR_STREAM_WRITE_AFTER_END", "write after end"));
            }
            return;
        }
        stream.cork();
        for (ByteBuffer piece : pieces) {
            int size = piece.remaining();
            stream.write(piece, error -> written(size, error));
        }
        stream.uncork();
    }

    private List<ByteBuffer> take() {
        lock.lock();
        try {
            List<ByteBuffer> pieces = new ArrayList<>(left);
            left.clear();
            posted = false;
            return pieces;
        } finally {
            lock.unlock();
        }
    }

    private void written(int size, @Nullable ChagresException error) {
        lock.lock();
        try {
            length -= size;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (error != null) {
            failed(error);
        }
    }

    private void failed(@Nullable ChagresException error) {
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

    private void finished(@Nullable ChagresException error) {
        stay.end();
        failed(error);
    }

    private void end() {
        if (stream.isWritable()) {
            give();
            stream.end();
        }
    }

    // ---- on the writer's thread

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        stream.core.refuseWait("write()");
        int end = offset + length;
        for (int at = offset; at < end; ) {
            int size = Math.min(end - at, highWaterMark);
            try {
                leave(ByteBuffer.wrap(Arrays.copyOfRange(source, at, at + size)));
            } catch (InterruptedIOException e) {
                e.bytesTransferred = at - offset;
                throw e;
            }
            at += size;
        }
    }

    private void leave(ByteBuffer piece) throws IOException {
        lock.lock();
        try {
            patience.await(changed, hasRoom, "room to write");
            requireUsable();
            if (!posted) {
                onLoop(this::give); // it waits for the lock
                posted = true;
            }
            left.add(piece);
            length += piece.remaining();
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom() {
        return length < highWaterMark || over || closed;
    }

    private boolean isOver() {
        return over;
    }

    /** Throws the error, or that no byte can be written any more; called with the lock. */
    private void requireUsable() throws IOException {
        ChagresException failure = error;
        if (failure != null) {
            reported = true;
            throw new IOException(failure.getMessage(), failure);
        }
        if (closed || over) {
            throw new IOException("Stream closed");
        }
    }

    /** Throws the error of an earlier write, if there is one. It does not wait: no byte is held back. */
    @Override
    public void flush() throws IOException {
        lock.lock();
        try {
            requireUsable();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream, and waits until all bytes are written. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            changed.signalAll();
            if (stay.isOn()) {
                onLoop(this::end);
            }
            if (!stream.core.isLoopThread()) {
                patience.await(changed, isOver, "the end of the stream");
                throwUnreported();
            }
        } finally {
            lock.unlock();
        }
    }

    private void throwUnreported() throws IOException {
        ChagresException failure = error;
        if (failure != null && !reported) {
            reported = true;
            throw new IOException(failure.getMessage(), failure);
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
