package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes in both directions, as in Node. {@code net.Socket} is one, and users can make their own: a subclass says where
 * bytes come from and go to ({@link #doRead}, {@link #push}, {@link #doWrite}, {@link #doFinal}, {@link #doDestroy}), and this class
 * does the buffering, the order of events and the end.
 *
 * <p>A stream destroys itself when both sides have ended, and when one of them fails, unless its {@linkplain DuplexOptions options}
 * switch that off. The last events are the error, if there was one, and then the close, both on a tick. Without an error listener
 * the error goes to the loop's uncaught handler. A stream that must open or negotiate something first has a construct step: {@link
 * #constructWith}.
 *
 * <pre>{@code
 * final class Upper extends Duplex { // every write can be read again, in upper case
 *     Upper(Loop loop) { super(loop, DuplexOptions.defaults()); }
 *     protected void doRead() {} // pushes as soon as something is written
 *     protected void doWrite(ByteBuffer data, Completion done) { push(upper(data)); done.onComplete(null); }
 *     protected void doFinal(Completion done) { pushEnd(); done.onComplete(null); }
 * }
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/stream.html#class-streamduplex">stream.Duplex</a>
 */
public abstract non-sealed class Duplex implements Readable, Writable {

    final LoopCore core;
    private DuplexOptions options;
    ReadableState reading;
    WritableState writing;
    Lifecycle life;

    /** A stream on {@code loop}, to whose thread it belongs. */
    protected Duplex(Loop loop, DuplexOptions options) {
        core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
        core.checkThread();
        this.options = UsageException.requireArgument(options, "options");
        life = new Lifecycle(this);
        reading = new ReadableState(this);
        writing = new WritableState(this);
    }

    /** Returns the loop that it lives on; any thread. */
    public final Loop loop() {
        return (Loop) core.loop();
    }

    /** Throws {@link WrongThreadException} on another thread than the loop's. */
    protected final void checkThread() {
        core.checkThread();
    }

    /** Runs {@code tick} right after the current callback. */
    protected final void tick(Runnable tick) {
        core.tick(tick);
    }

    /** Returns the options that it was made, or {@linkplain #reopen opened again}, with. */
    protected final DuplexOptions options() {
        return options;
    }

    private <L> L require(L listener) {
        checkThread();
        return UsageException.requireArgument(listener, "listener");
    }

    // ---- the source, for subclasses

    /**
     * Asks the subclass for bytes. It calls {@link #push} when it has some, now or later and as often as it likes until a push returns
     * false. Then it waits for the next call of this method.
     */
    protected void doRead() {
        throw notImplemented("doRead");
    }

    /**
     * Hands on bytes that have arrived; the listeners own them from now on. Position and limit are read during this call only:
     * listeners get a view of {@code chunk}. Returns whether the subclass should go on, see {@link #doRead()}.
     */
    protected final boolean push(ByteBuffer chunk) {
        return reading.push(Buffers.view(UsageException.requireArgument(chunk, "chunk")));
    }

    /** Pushes {@code chunk} itself instead of a view, which saves one: the caller must not use the buffer again. */
    protected final boolean pushOwned(ByteBuffer chunk) {
        return reading.push(UsageException.requireArgument(chunk, "chunk"));
    }

    /**
     * Returns whether the next bytes can be {@linkplain #lend lent}: all data listeners are pipes into streams that {@linkplain
     * #releasesBuffers() release} their buffers, or decode text ({@link #onText}), and nothing is buffered.
     */
    protected final boolean canLend() {
        return reading.canLend();
    }

    /**
     * Pushes a buffer that the source wants back, right after {@link #canLend()} returned true. The source goes on by itself after it.
     *
     * @return whether the buffer was kept after all, since a sink did not take all of it: the source must not use it again, nor
     *     the bytes in it
     */
    protected final boolean lend(ByteBuffer chunk) {
        return reading.lend(chunk);
    }

    /** Ends the reading side: no more bytes arrive. */
    protected final void pushEnd() {
        reading.pushEnd();
    }

    /** Takes out the bytes that no listener has taken, those of a character that {@link #onText} could not complete included. */
    protected final ByteBuffer takeUnread() {
        checkThread();
        return Unread.takeFrom(reading);
    }

    /** Starts reading if there is room, and ends the reading side if its end was pushed and nothing is buffered: Node's read(0). */
    protected final void pull() {
        reading.pull();
    }

    // ---- the sink, for subclasses

    /**
     * Writes {@code data}. The subclass calls {@code done} once, inside this call or later; no other write comes before that. The
     * buffer is a view that may be kept, moved and emptied, unless {@link #releasesBuffers()} returns true; its bytes stay until
     * {@code done} is called. A subclass that {@linkplain #isVectored() takes several} can leave this out: a single write goes to
     * {@link #doWriteVector} then.
     */
    protected void doWrite(ByteBuffer data, Completion done) {
        if (!isVectored()) {
            throw notImplemented("doWrite");
        }
        doWriteVector(new ByteBuffer[] {data}, done);
    }

    /**
     * Returns whether {@link #doWrite} uses its buffer during the call only, neither moves it nor changes its limit, and needs its
     * bytes until {@code done} is called and no longer. If so, {@code doWrite} may get the buffer of the writer itself, and sources
     * that are piped into this stream may read into the same memory again and again. Bytes that are left when {@code doWrite} returns
     * must be kept as a slice or duplicate. False by default: each buffer is a view, and each chunk has its own memory.
     */
    protected boolean releasesBuffers() {
        return false;
    }

    /** Returns whether several waiting writes go together to {@link #doWriteVector}. False by default. */
    protected boolean isVectored() {
        return false;
    }

    /** Writes several buffers as {@link #doWrite} writes one: 1 GiB together, unless the first alone is more. */
    protected void doWriteVector(ByteBuffer[] data, Completion done) {
        throw notImplemented("doWriteVector");
    }

    private static UsageException notImplemented(String method) {
        return new UsageException("ERR_METHOD_NOT_IMPLEMENTED", "The " + method + "() method is not implemented");
    }

    /**
     * Ends the sink: the stream was ended, and all bytes are written. The finish event comes a tick after {@code done}, even if the
     * stream is destroyed meanwhile.
     */
    protected void doFinal(Completion done) {
        writing.withoutFinal();
        done.onComplete(null);
    }

    /** Fails a write that can't be carried out: {@code callback}, unless it is null, and the stream get {@code error}. Returns false. */
    protected final boolean refuseWrite(@Nullable Completion callback, ChagresException error) {
        return writing.refuse(callback, error);
    }

    /** Returns the bytes of {@link #writableLength()} that were not given to {@link #doWrite} yet. */
    protected final long waitingLength() {
        return writing.waitingLength();
    }

    // ---- the life, for subclasses

    /**
     * Holds the stream back until {@code step} has completed: Node's {@code _construct}, for a stream that opens a file or shakes
     * hands first. A constructor of the subclass calls it.
     *
     * <p>The step runs on the next tick and calls its completion once, then or later. Until then the stream takes calls as usual
     * but calls neither {@code doRead}, {@code doWrite} and {@code doFinal} nor {@code doDestroy}: writes are buffered and count
     * for back-pressure, {@code end} waits, and a stream that is destroyed closes after the step.
     *
     * <p>An error of the step, thrown or given to its completion, is an error of the stream. A second completion is the error
     * ERR_MULTIPLE_CALLBACK.
     *
     * <pre>{@code
     * constructWith(done -> open(path, done)); // in the constructor, after super(...)
     * }</pre>
     *
     * @param step gets the completion to call: with null, or with the error
     * @throws UsageException ERR_INVALID_STATE if a step is pending already, or the stream is destroyed
     * @see <a href="https://nodejs.org/api/stream.html#writable_constructcallback">writable._construct</a>
     */
    protected final void constructWith(Consumer<? super Completion> step) {
        checkThread();
        life.constructWith(step);
    }

    /**
     * Gives up what the stream holds, once. The subclass calls {@code done} with {@code error}, or with another error that happened
     * meanwhile.
     *
     * @param error why the stream is destroyed; null if there is no error
     */
    protected void doDestroy(@Nullable ChagresException error, Completion done) {
        done.onComplete(error);
    }

    /** Emits the close, once, for a stream whose options say that it does so itself. */
    protected final void emitClose(boolean hadError) {
        life.emitClose(hadError);
    }

    /** Returns whether there is a listener for the close. */
    protected final boolean hasCloseListeners() {
        return life.hasCloseListeners();
    }

    /**
     * Opens a stream whose close was emitted again, with {@code options}. Its listeners stay, and so does the last call of
     * {@link #pause()} or {@link #resume()}. Everything else is as in a new stream. Its pipes end, and a completion of the earlier
     * life that comes late has no effect.
     */
    protected final void reopen(DuplexOptions options) {
        this.options = UsageException.requireArgument(options, "options");
        life = new Lifecycle(life);
        writing = new WritableState(writing);
        reading = new ReadableState(reading);
        reading.reopened();
    }

    /**
     * Adds what {@link #toString} says besides kind and state, such as an address. It may run on any thread, so it must not
     * throw, must change nothing and must ask the kernel only on the loop thread.
     */
    protected void describe(StringJoiner text) {}

    /** Completes one callback. An exception of the callback goes to the loop's uncaught handler, so that the next callback still runs. */
    final void complete(@Nullable Completion callback, @Nullable ChagresException error) {
        if (callback != null) {
            try {
                callback.onComplete(error);
            } catch (Throwable thrown) {
                raise(thrown);
            }
        }
    }

    /** Calls {@code listeners}. An exception of one of them goes to the loop's uncaught handler, and the stream goes on. */
    final void emit(@Nullable Listeners<Runnable> listeners) {
        try {
            Listeners.run(listeners);
        } catch (Throwable thrown) {
            raise(thrown);
        }
    }

    /** Hands what a listener has thrown to the loop's uncaught handler. */
    final void raise(Throwable thrown) {
        core.callbacks().raise(thrown);
    }

    // ---- reading

    @Override
    public Duplex onData(Consumer<? super ByteBuffer> listener) {
        reading.onData(require(listener));
        return this;
    }

    @Override
    public void offData(Consumer<? super ByteBuffer> listener) {
        reading.offData(require(listener));
    }

    @Override
    public Duplex onText(Charset charset, Consumer<String> listener) {
        new TextListener(charset, require(listener)).listenTo(this);
        return this;
    }

    @Override
    public void offText(Consumer<String> listener) {
        TextListener text = reading.textListener(require(listener));
        if (text != null) {
            text.leave(this);
        }
    }

    @Override
    public Duplex onReadable(Runnable listener) {
        reading.onReadable(require(listener));
        return this;
    }

    @Override
    public void offReadable(Runnable listener) {
        reading.offReadable(require(listener));
    }

    @Override
    public Duplex onEnd(Runnable listener) {
        reading.onEnd(require(listener));
        return this;
    }

    @Override
    public void offEnd(Runnable listener) {
        reading.offEnd(require(listener));
    }

    @Override
    public Duplex onPause(Runnable listener) {
        reading.onPause(require(listener));
        return this;
    }

    @Override
    public void offPause(Runnable listener) {
        reading.offPause(require(listener));
    }

    @Override
    public Duplex onResume(Runnable listener) {
        reading.onResume(require(listener));
        return this;
    }

    @Override
    public void offResume(Runnable listener) {
        reading.offResume(require(listener));
    }

    @Override
    public Duplex pause() {
        checkThread();
        reading.wish(true);
        return this;
    }

    @Override
    public Duplex resume() {
        checkThread();
        reading.wish(false);
        return this;
    }

    @Override
    public @Nullable ByteBuffer read() {
        checkThread();
        return reading.read(ReadableState.ALL);
    }

    @Override
    public @Nullable ByteBuffer read(int size) {
        checkThread();
        return reading.read(Chunks.requireSize(size));
    }

    @Override
    public boolean unshift(ByteBuffer chunk) {
        checkThread();
        return reading.unshift(UsageException.requireArgument(chunk, "chunk"));
    }

    @Override
    public <W extends Writable> W pipe(W destination, boolean end) {
        checkThread();
        ReadablePipes.pipe(this, (Duplex) UsageException.requireArgument(destination, "destination"), end);
        return destination;
    }

    @Override
    public Duplex unpipe() {
        checkThread();
        ReadablePipes.unpipe(reading, null);
        return this;
    }

    @Override
    public Duplex unpipe(Writable destination) {
        checkThread();
        ReadablePipes.unpipe(reading, (Duplex) UsageException.requireArgument(destination, "destination"));
        return this;
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
        return !life.isOver() && !reading.isEndEmitted();
    }

    @Override
    public boolean isReadableEnded() {
        checkThread();
        return reading.isEndEmitted();
    }

    @Override
    public boolean readableDidRead() {
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
        return reading.highWaterMark;
    }

    // ---- writing

    @Override
    public boolean write(ByteBuffer data, @Nullable Completion callback) {
        checkThread();
        reading.answered();
        return writing.write(data, callback);
    }

    @Override
    public Duplex end() {
        return end((ByteBuffer) null, null);
    }

    @Override
    public Duplex end(@Nullable ByteBuffer last) {
        return end(last, null);
    }

    @Override
    public Duplex end(@Nullable CharSequence last) {
        return end(last, null);
    }

    @Override
    public Duplex end(@Nullable Completion callback) {
        return end((ByteBuffer) null, callback);
    }

    @Override
    public Duplex end(@Nullable CharSequence last, @Nullable Completion callback) {
        return end(last == null ? null : StandardCharsets.UTF_8.encode(last.toString()), callback);
    }

    @Override
    public Duplex end(@Nullable ByteBuffer last, @Nullable Completion callback) {
        checkThread();
        writing.end(last, callback);
        return this;
    }

    @Override
    public void cork() {
        checkThread();
        writing.cork();
    }

    @Override
    public void uncork() {
        checkThread();
        writing.uncork();
    }

    @Override
    public Duplex onDrain(Runnable listener) {
        writing.listeners().onDrain(require(listener));
        return this;
    }

    @Override
    public void offDrain(Runnable listener) {
        writing.listeners().offDrain(require(listener));
    }

    @Override
    public Duplex onPrefinish(Runnable listener) {
        writing.listeners().onPrefinish(require(listener));
        return this;
    }

    @Override
    public void offPrefinish(Runnable listener) {
        writing.listeners().offPrefinish(require(listener));
    }

    @Override
    public Duplex onFinish(Runnable listener) {
        writing.listeners().onFinish(require(listener));
        return this;
    }

    @Override
    public void offFinish(Runnable listener) {
        writing.listeners().offFinish(require(listener));
    }

    @Override
    public Duplex onPipe(Consumer<? super Readable> listener) {
        writing.feeds().onPipe(require(listener));
        return this;
    }

    @Override
    public void offPipe(Consumer<? super Readable> listener) {
        writing.feeds().offPipe(require(listener));
    }

    @Override
    public Duplex onUnpipe(Consumer<? super Readable> listener) {
        writing.feeds().onUnpipe(require(listener));
        return this;
    }

    @Override
    public void offUnpipe(Consumer<? super Readable> listener) {
        writing.feeds().offUnpipe(require(listener));
    }

    @Override
    public boolean isWritable() {
        checkThread();
        return !life.isOver() && !writing.isEnded();
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
    public boolean writableNeedDrain() {
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

    // ---- the end

    @Override
    public Duplex onError(Consumer<? super ChagresException> listener) {
        life.onError(require(listener));
        return this;
    }

    @Override
    public void offError(Consumer<? super ChagresException> listener) {
        life.offError(require(listener));
    }

    @Override
    public Duplex onClose(CloseListener listener) {
        life.onClose(require(listener));
        return this;
    }

    @Override
    public void offClose(CloseListener listener) {
        life.offClose(require(listener));
    }

    /** Destroys the stream without an error, see {@link #destroy(ChagresException)}. */
    public Duplex destroy() {
        return destroy(null);
    }

    @Override
    public Duplex destroy(@Nullable ChagresException error) {
        checkThread();
        life.destroy(error);
        return this;
    }

    @Override
    public final boolean isDestroyed() {
        checkThread();
        return life.isDestroyed();
    }

    /** Returns whether the close was emitted. */
    public final boolean isClosed() {
        checkThread();
        return life.isClosed();
    }

    @Override
    public final @Nullable ChagresException errored() {
        checkThread();
        return life.errored();
    }

    /**
     * Returns whether the stream has nothing to do, as far as it knows: all bytes that were written have been handed on, all bytes
     * that arrived were taken by a listener, and the last thing that passed was a write, or nothing has passed. A stream that is
     * paused or destroyed is not idle. A server that closes with a grace period asks its connections. A subclass that knows more,
     * for example whether a request is open, overrides this.
     */
    public boolean isIdle() {
        checkThread();
        return !life.isOver()
                && !reading.owes()
                && reading.length() == 0
                && writing.length() == 0
                && !reading.isPaused();
    }

    /**
     * Returns kind, state and details, as in "Socket (open, paused, 12 bytes to read)". Any thread may call it. From another
     * thread than the loop's the answer may be a moment old.
     */
    @Override
    public String toString() {
        String name = getClass().getTypeName();
        StringJoiner text = new StringJoiner(", ", name.substring(name.lastIndexOf('.') + 1) + " (", ")");
        text.add(life.toString());
        if (reading.isPaused()) {
            text.add("paused");
        }
        if (reading.length() > 0) {
            text.add(reading.length() + " bytes to read");
        }
        if (writing.length() > 0) {
            text.add(writing.length() + " bytes to write");
        }
        describe(text);
        return text.toString();
    }
}
