package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A stream of bytes in both directions, as Node has it; {@code net.Socket} is one, and users can make their own: they say
 * where bytes come from and go to ({@link #doRead}, {@link #push}, {@link #doWrite}), and this class does the buffering,
 * the order of events and the end.
 *
 * <p>It destroys itself when both sides are over, and when either fails, unless its options switch that off. The last events are
 * the error, if one was the cause, on a tick, and then the close. Without an error listener the error goes to the loop's uncaught
 * handler. A stream that must open or negotiate something first has a construct step: {@link #constructWith}.
 *
 * @see <a href="https://nodejs.org/api/stream.html#class-streamduplex">stream.Duplex</a>
 */
public abstract non-sealed class Duplex extends DuplexReading implements Writable {

    /** Node's default for bytes, 64 KiB. */
    public static final int DEFAULT_HIGH_WATER_MARK = 64 * 1024;

    /** A stream on {@code loop}, to whose thread it belongs. */
    protected Duplex(Loop loop, DuplexOptions options) {
        super(loop, options);
    }

    // ---- what a subclass says

    /**
     * Wants bytes: the subclass calls {@link #push} when it has some, as often as it likes until a push answers false, and
     * then not before this is called again.
     */
    protected void doRead() {
        throw notImplemented("doRead");
    }

    /**
     * Writes {@code data}; calls {@code done} once, inside this call or later. No other write comes before that. The buffer is a view
     * of its own, which may be kept, moved and emptied, unless {@link #releasesBuffers()} says otherwise; its bytes stay until {@code
     * done} is called. A subclass that {@linkplain #isVectored() takes several} can leave this out: a single write goes to {@link
     * #doWriteVector} then.
     */
    protected void doWrite(ByteBuffer data, Completion done) {
        if (!isVectored()) {
            throw notImplemented("doWrite");
        }
        doWriteVector(new ByteBuffer[] {data}, done);
    }

    /**
     * Returns whether {@link #doWrite} uses its buffer during the call only, neither moves it nor changes its limit, and needs its
     * bytes until {@code done} is called and no longer. If so, {@code doWrite} may get the buffer of the writer itself, without a
     * view in between, and sources that are piped into this stream may read into the same memory again and again. What is left to
     * write when {@code doWrite} returns must be kept as a slice or duplicate. False by default: each buffer is a view of its own,
     * and each chunk has memory of its own.
     */
    protected boolean releasesBuffers() {
        return false;
    }

    /** Whether several writes that wait shall come together, to {@link #doWriteVector}. */
    protected boolean isVectored() {
        return false;
    }

    /** As {@link #doWrite}, of several buffers, 1 GiB together unless the first alone is more. */
    protected void doWriteVector(ByteBuffer[] data, Completion done) {
        throw notImplemented("doWriteVector");
    }

    private static UsageException notImplemented(String method) {
        return new UsageException("ERR_METHOD_NOT_IMPLEMENTED", "The " + method + "() method is not implemented");
    }

    /**
     * All is written and the stream was ended: the place to end the sink. The finish comes a tick after {@code done}, also if the
     * stream is destroyed meanwhile.
     */
    protected void doFinal(Completion done) {
        writing.withoutFinal();
        done.onComplete(null);
    }

    final void callFinal(Completion done) {
        core().nesting().enter();
        try {
            doFinal(done);
        } catch (Throwable thrown) {
            done.onComplete(asError(thrown));
        } finally {
            core().nesting().leave();
        }
    }

    /**
     * Bytes have come; from now on they belong to the listeners. Position and limit are read during this call only: listeners get
     * a view of {@code chunk}. Whether to go on, see {@link #doRead()}.
     */
    protected final boolean push(ByteBuffer chunk) {
        return reading.push(Buffers.view(UsageException.requireArgument(chunk, "chunk")));
    }

    /** Pushes {@code chunk} itself instead of a view, which saves one: the caller must not use the buffer again. */
    protected final boolean pushOwned(ByteBuffer chunk) {
        return reading.push(UsageException.requireArgument(chunk, "chunk"));
    }

    /**
     * Whether what comes next can be {@linkplain #lend lent}: all who listen for data are pipes into streams that {@linkplain
     * #releasesBuffers() let go} of it, or decode it ({@link #onText}), and nothing waits.
     */
    protected final boolean canLend() {
        return reading.canLend();
    }

    /**
     * As {@link #push}, right after {@link #canLend()} said so, of a buffer that the source wants back. The source goes on by
     * itself after it.
     *
     * @return whether the buffer was kept after all, since a sink did not take all of it: the source must not use it again, nor
     *     the bytes in it
     */
    protected final boolean lend(ByteBuffer chunk) {
        return reading.lend(chunk);
    }

    /** No more bytes will come. */
    protected final void pushEnd() {
        reading.pushEnd();
    }

    /** Begins to read where there is room, and lets it end where the end has come and nothing is buffered: Node's read(0). */
    protected final void pull() {
        reading.pull();
    }

    // ---- writing

    @Override
    public boolean write(ByteBuffer data, Completion callback) {
        checkThread();
        reading.answered();
        return writing.write(data, callback);
    }

    /** Answers a write that can't be carried out: {@code callback} gets {@code error}, and so does the stream; returns false. */
    protected final boolean refuseWrite(Completion callback, ChagresException error) {
        return writing.refuse(callback, error);
    }

    @Override
    public Duplex end() {
        return end((ByteBuffer) null, null);
    }

    @Override
    public Duplex end(ByteBuffer last, Completion callback) {
        checkThread();
        writing.end(last, callback);
        return this;
    }

    @Override
    public Duplex cork() {
        checkThread();
        writing.cork();
        return this;
    }

    @Override
    public Duplex uncork() {
        checkThread();
        writing.uncork();
        return this;
    }

    @Override
    public Duplex onDrain(Runnable listener) {
        writing.onDrain(listener);
        return this;
    }

    @Override
    public Duplex offDrain(Runnable listener) {
        writing.offDrain(listener);
        return this;
    }

    @Override
    public Duplex onPrefinish(Runnable listener) {
        writing.onPrefinish(listener);
        return this;
    }

    @Override
    public Duplex offPrefinish(Runnable listener) {
        writing.offPrefinish(listener);
        return this;
    }

    @Override
    public Duplex onFinish(Runnable listener) {
        writing.onFinish(listener);
        return this;
    }

    @Override
    public Duplex offFinish(Runnable listener) {
        writing.offFinish(listener);
        return this;
    }

    @Override
    public Duplex onPipe(Consumer<? super Readable> listener) {
        writing.feeds().onPipe(this, listener);
        return this;
    }

    @Override
    public Duplex offPipe(Consumer<? super Readable> listener) {
        writing.feeds().offPipe(this, listener);
        return this;
    }

    @Override
    public Duplex offUnpipe(Consumer<? super Readable> listener) {
        writing.feeds().offUnpipe(this, listener);
        return this;
    }

    @Override
    public Duplex onUnpipe(Consumer<? super Readable> listener) {
        writing.feeds().onUnpipe(this, listener);
        return this;
    }

    @Override
    public boolean isWritable() {
        checkThread();
        return !isOver() && !writing.isEnded();
    }

    @Override
    public boolean isWritableEnded() {
        checkThread();
        return writing.isEnded();
    }

    @Override
    public boolean isWritableFinished() {
        checkThread();
        return writing.isFinished();
    }

    @Override
    public boolean isWritableAborted() {
        checkThread();
        return isOver() && !writing.isFinished();
    }

    @Override
    public boolean isWritableNeedDrain() {
        checkThread();
        return writing.needsDrain();
    }

    @Override
    public int writableCorked() {
        checkThread();
        return writing.corked();
    }

    @Override
    public long writableLength() {
        checkThread();
        return writing.length();
    }

    @Override
    public int writableHighWaterMark() {
        checkThread();
        return writing.highWaterMark;
    }

    /**
     * Returns whether the stream has nothing to do, as far as it knows: all that was written has been handed on, all that arrived
     * was taken by a listener, and the last thing that passed was a write, or nothing has passed. A stream that is paused, or
     * destroyed, is not idle.
     *
     * <p>A server that closes with a grace period asks its connections. A subclass that knows more than that, for example whether
     * a request is open, overrides this.
     */
    public boolean isIdle() {
        checkThread();
        return !isOver() && !reading.owes() && reading.length() == 0 && writing.length() == 0 && !reading.isPaused();
    }

    /** Of {@link #writableLength()}, what was not given to {@link #doWrite} yet. */
    protected final long waitingLength() {
        return writing.waitingLength();
    }

    /** Reading has been told its end: an end of its own follows unless it may stay half open. */
    final void afterEnd() {
        if (isWritable() && !options.allowHalfOpen()) {
            tick(() -> {
                if (isWritable()) {
                    end();
                }
            });
        } else if (writing.isFinished() && options.autoDestroy()) {
            destroy(null);
        }
    }

    final void afterFinish() {
        if (reading.isEndEmitted() && options.autoDestroy()) {
            destroy(null);
        }
    }
}
