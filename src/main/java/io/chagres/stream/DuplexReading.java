package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.function.Consumer;

/** The part of a {@link Duplex} that is {@link Readable}; what it does is told there, how is in {@link ReadableState}. */
abstract sealed class DuplexReading extends DuplexLife implements Readable permits Duplex {

    DuplexReading(Loop loop, DuplexOptions options) {
        super(loop, options);
    }

    @Override
    public Duplex onData(Consumer<? super ByteBuffer> listener) {
        reading.onData(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex offData(Consumer<? super ByteBuffer> listener) {
        reading.offData(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex onText(Charset charset, Consumer<String> listener) {
        new TextListener(charset, UsageException.requireArgument(listener, "listener")).listenTo((Duplex) this);
        return (Duplex) this;
    }

    @Override
    public Duplex offText(Consumer<String> listener) {
        checkThread();
        TextListener text = reading.textListener(UsageException.requireArgument(listener, "listener"));
        if (text != null) {
            text.leave((Duplex) this);
        }
        return (Duplex) this;
    }

    @Override
    public Duplex onReadable(Runnable listener) {
        reading.onReadable(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex offReadable(Runnable listener) {
        reading.offReadable(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex onEnd(Runnable listener) {
        reading.onEnd(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex offEnd(Runnable listener) {
        reading.offEnd(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex onPause(Runnable listener) {
        reading.onPause(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex onResume(Runnable listener) {
        reading.onResume(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex offPause(Runnable listener) {
        reading.offPause(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex offResume(Runnable listener) {
        reading.offResume(listener);
        return (Duplex) this;
    }

    @Override
    public Duplex pause() {
        checkThread();
        reading.wishPaused();
        return (Duplex) this;
    }

    @Override
    public Duplex resume() {
        checkThread();
        reading.wishFlowing();
        return (Duplex) this;
    }

    @Override
    public ByteBuffer read() {
        checkThread();
        return reading.read(ReadableState.ALL);
    }

    @Override
    public ByteBuffer read(int size) {
        checkThread();
        if (size < 0 || size > ReadableState.MAX_READ) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"size\" is out of range. It must be >= 0 && <= " + ReadableState.MAX_READ
                            + ". Received " + size);
        }
        return reading.read(size);
    }

    @Override
    public boolean unshift(ByteBuffer chunk) {
        checkThread();
        return reading.unshift(UsageException.requireArgument(chunk, "chunk"));
    }

    @Override
    public InputStream inputStream() {
        checkThread();
        return new ReadableInput((Duplex) this);
    }

    @Override
    public <W extends Writable> W pipe(W destination, boolean end) {
        checkThread();
        Duplex sink = (Duplex) UsageException.requireArgument(destination, "destination");
        if (!options.readable()) {
            errorOrDestroy(new ChagresException("ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable"));
            return destination;
        }
        boolean nothingCanCome = isClosed() && !isReadableEnded();
        if (!nothingCanCome && !sink.isClosed()) {
            new Piping((Duplex) this, sink, end).begin();
        }
        return destination;
    }

    @Override
    public Duplex unpipe() {
        checkThread();
        reading.unpipe(null);
        return (Duplex) this;
    }

    @Override
    public Duplex unpipe(Writable destination) {
        checkThread();
        reading.unpipe((Duplex) UsageException.requireArgument(destination, "destination"));
        return (Duplex) this;
    }

    @Override
    public boolean isPaused() {
        checkThread();
        return reading.isPaused();
    }

    @Override
    public boolean isReadableFlowing() {
        checkThread();
        return reading.isFlowing();
    }

    @Override
    public boolean isReadable() {
        checkThread();
        return !isOver() && !reading.isEndEmitted();
    }

    @Override
    public boolean isReadableEnded() {
        checkThread();
        return reading.isEndEmitted();
    }

    @Override
    public boolean isReadableAborted() {
        checkThread();
        return isOver() && !reading.isEndEmitted();
    }

    @Override
    public boolean isReadableDidRead() {
        checkThread();
        return reading.didRead();
    }

    @Override
    public long readableLength() {
        checkThread();
        return reading.length();
    }

    @Override
    public int readableHighWaterMark() {
        checkThread();
        return reading.highWaterMark();
    }
}
