package io.chagres.stream;

import io.chagres.loop.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopCore;
import io.chagres.loop.UsageException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A stream of bytes in both directions, as Node has it; {@code net.Socket} is one, and users can make their own: they say
 * where bytes come from and go to ({@link #doRead}, {@link #push}, {@link #doWrite}), and this class does the buffering,
 * the order of events and the end.
 *
 * <p>It destroys itself when both sides are over, and when either fails. The last events are the error, if one was the
 * cause, on a tick, and then the close. An error that nobody listens to goes to the loop's uncaught handler.
 *
 * @see <a href="https://nodejs.org/api/stream.html#class-streamduplex">stream.Duplex</a>
 */
public abstract class Duplex implements Readable, Writable {

    /** Node's default for bytes, 64 KiB. */
    public static final int DEFAULT_HIGH_WATER_MARK = 64 * 1024;

    /**
     * How a duplex behaves.
     *
     * @param allowHalfOpen whether it may go on writing when reading has ended; otherwise it ends itself a tick after
     * @param readableHighWaterMark see {@link Readable#readableHighWaterMark()}
     * @param writableHighWaterMark see {@link Writable#writableHighWaterMark()}
     * @param emitClose whether the close comes by itself; otherwise the subclass calls {@link Duplex#emitClose}
     */
    public record Options(boolean allowHalfOpen, int readableHighWaterMark, int writableHighWaterMark,
                          boolean emitClose) {

        /** Node's defaults for a plain duplex. */
        public static final Options DEFAULT = new Options(true, DEFAULT_HIGH_WATER_MARK, DEFAULT_HIGH_WATER_MARK, true);

        /** Throws ERR_INVALID_ARG_VALUE where a high-water mark is negative. */
        public Options {
            requireNotNegative(readableHighWaterMark, "readableHighWaterMark");
            requireNotNegative(writableHighWaterMark, "writableHighWaterMark");
        }

        private static void requireNotNegative(int bytes, String name) {
            if (bytes < 0) {
                throw new UsageException("ERR_INVALID_ARG_VALUE", "The property '" + name + "' is invalid. Received " + bytes);
            }
        }
    }

    private final LoopCore core;
    private final Options options;
    private final ReadableState reading;
    private final WritableState writing;
    boolean destroyed;
    private boolean closed;
    ChagresException errored;
    private Listeners<Consumer<? super ChagresException>> errorListeners;
    private Listeners<CloseListener> closeListeners;

    /** A stream on {@code loop}, to whose thread it belongs. */
    protected Duplex(Loop loop, Options options) {
        core = UsageException.requireArgument(loop, "loop").core();
        core.checkThread();
        this.options = options;
        reading = new ReadableState(this, options.readableHighWaterMark());
        writing = new WritableState(this, options.writableHighWaterMark());
    }

    /** The loop that it lives on. */
    public final Loop loop() {
        return core.loop();
    }

    // ---- what a subclass says --------------------------------------------------------------------------------------

    /**
     * Wants bytes: the subclass calls {@link #push} when it has some, as often as it likes until a push answers false, and
     * then not before this is called again.
     */
    protected abstract void doRead();

    /** Writes {@code data}; calls {@code done} once, inside this call or later. No other write comes before that. */
    protected abstract void doWrite(ByteBuffer data, Completion done);

    /** Whether several writes that wait shall come together, to {@link #doWriteVector}. */
    protected boolean isVectored() {
        return false;
    }

    /** As {@link #doWrite}, of several buffers. */
    protected void doWriteVector(ByteBuffer[] data, Completion done) {
        throw new AssertionError("isVectored, but doWriteVector is not overridden");
    }

    /** All is written and the stream was ended: the place to end the sink. The finish comes a tick after {@code done}. */
    protected void doFinal(Completion done) {
        done.onComplete(null);
    }

    /** Gives up what it holds; {@code done} is told {@code error}, or another one that happened meanwhile. */
    protected void doDestroy(ChagresException error, Completion done) {
        done.onComplete(error);
    }

    /** Bytes have come; from now on they belong to the listeners. Whether to go on, see {@link #doRead()}. */
    protected final boolean push(ByteBuffer chunk) {
        return reading.push(UsageException.requireArgument(chunk, "chunk"));
    }

    /** No more bytes will come. */
    protected final void pushEnd() {
        reading.pushEnd();
    }

    /** Begins to read where there is room, and lets it end where the end has come and nothing is buffered: Node's read(0). */
    protected final void pull() {
        reading.pull();
    }

    /** Tells the close, once, for a stream whose options say that it does so itself. */
    protected final void emitClose(boolean hadError) {
        if (closed) {
            return;
        }
        closed = true;
        reading.clear();
        for (var at = closeListeners; at != null; at = at.next()) {
            at.listener().onClose(hadError);
        }
    }

    /** Makes a stream whose close has come as good as new; its listeners stay, and so does {@link #pause()}. */
    protected final void reopen() {
        destroyed = false;
        closed = false;
        errored = null;
        reading.reopen();
        writing.reopen();
    }

    /** Runs {@code tick} right after the current callback. */
    protected final void tick(Runnable tick) {
        core.tick(tick);
    }

    /** Begins a call: throws off the loop thread. */
    protected final void checkThread() {
        core.checkThread();
    }

    // ---- reading ---------------------------------------------------------------------------------------------------

    @Override
    public Duplex onData(Consumer<? super ByteBuffer> listener) {
        checkThread();
        reading.onData(UsageException.requireArgument(listener, "listener"));
        return this;
    }

    @Override
    public Duplex onEnd(Runnable listener) {
        checkThread();
        reading.endListeners = Listeners.add(reading.endListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    @Override
    public Duplex pause() {
        checkThread();
        reading.pause();
        return this;
    }

    @Override
    public Duplex resume() {
        checkThread();
        reading.resume();
        return this;
    }

    @Override
    public boolean isPaused() {
        checkThread();
        return reading.isPaused();
    }

    @Override
    public boolean isReadable() {
        checkThread();
        return !destroyed && !reading.endEmitted;
    }

    @Override
    public boolean isReadableEnded() {
        checkThread();
        return reading.endEmitted;
    }

    @Override
    public int readableLength() {
        checkThread();
        return reading.length();
    }

    @Override
    public int readableHighWaterMark() {
        return reading.highWaterMark;
    }

    @Override
    public <W extends Writable> W pipe(W destination) {
        checkThread();
        new Piping(this, reading, UsageException.requireArgument(destination, "destination")).begin();
        return destination;
    }

    /** Reading has been told its end: an end of its own follows unless it may stay half open. */
    final void afterEnd() {
        if (isWritable() && !options.allowHalfOpen()) {
            tick(() -> {
                if (isWritable()) {
                    end();
                }
            });
        } else if (writing.isFinished()) {
            destroy(null);
        }
    }

    // ---- writing ---------------------------------------------------------------------------------------------------

    @Override
    public boolean write(ByteBuffer data, Completion callback) {
        checkThread();
        return writing.write(data, callback);
    }

    /** Answers a write that can't be carried out: {@code callback} is told {@code error}, which destroys the stream; false. */
    protected final boolean refuseWrite(Completion callback, ChagresException error) {
        return writing.refuse(callback, error);
    }

    @Override
    public Duplex end() {
        return end(null, null);
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
        checkThread();
        writing.drainListeners = Listeners.add(writing.drainListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    @Override
    public Duplex onFinish(Runnable listener) {
        checkThread();
        writing.finishListeners = Listeners.add(writing.finishListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    @Override
    public boolean isWritable() {
        checkThread();
        return !destroyed && !writing.isEnded() && errored == null;
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
    public boolean isWritableNeedDrain() {
        checkThread();
        return writing.needsDrain();
    }

    @Override
    public long writableLength() {
        checkThread();
        return writing.length();
    }

    @Override
    public int writableHighWaterMark() {
        return writing.highWaterMark;
    }

    /** Of {@link #writableLength()}, what was not given to {@link #doWrite} yet. */
    protected final long waitingLength() {
        return writing.waitingLength();
    }

    final void afterFinish() {
        if (reading.endEmitted) {
            destroy(null);
        }
    }

    // ---- the end of all ---------------------------------------------------------------------------------------------

    /** As {@link #destroy(ChagresException)}, without an error. */
    public Duplex destroy() {
        return destroy(null);
    }

    @Override
    public Duplex destroy(ChagresException error) {
        checkThread();
        if (destroyed) {
            return this;
        }
        destroyed = true;
        failed(error);
        if (writing.hasUntold()) {
            tick(writing::cancelWaiting);
        }
        doDestroy(error, this::afterDestroy);
        return this;
    }

    private void afterDestroy(ChagresException error) {
        failed(error);
        if (error != null || options.emitClose()) {
            tick(() -> {
                if (error != null) {
                    emitError(error);
                }
                if (options.emitClose()) {
                    emitClose(error != null);
                }
            });
        }
    }

    /** One callback must not cost another its own: what it throws goes to the loop's uncaught handler. */
    final void tell(Completion callback, ChagresException error) {
        if (callback != null) {
            try {
                callback.onComplete(error);
            } catch (Throwable thrown) {
                raise(thrown);
            }
        }
    }

    /** Tells {@code listeners}; what one of them throws goes to the loop's uncaught handler and keeps nobody from going on. */
    protected final void tell(Listeners<Runnable> listeners) {
        try {
            Listeners.run(listeners);
        } catch (Throwable thrown) {
            raise(thrown);
        }
    }

    /** A listener has thrown. */
    final void raise(Throwable thrown) {
        core.raise(thrown);
    }

    /** Takes note of the first error. */
    final void failed(ChagresException error) {
        if (errored == null) {
            errored = error;
        }
    }

    /** Why {@code call} can't be carried out: the error that ended the stream, or that it is destroyed. */
    final ChagresException errorOr(String call) {
        return errored != null ? errored : WritableState.destroyedError(call);
    }

    private void emitError(ChagresException error) {
        if (errorListeners == null) {
            core.raise(error);
        }
        try {
            for (var at = errorListeners; at != null; at = at.next()) {
                at.listener().accept(error);
            }
        } catch (Throwable thrown) {
            raise(thrown);
        }
    }

    @Override
    public Duplex onError(Consumer<? super ChagresException> listener) {
        checkThread();
        errorListeners = Listeners.add(errorListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    @Override
    public Duplex onClose(CloseListener listener) {
        checkThread();
        closeListeners = Listeners.add(closeListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Whether it was destroyed, by {@link #destroy()}, by an error, or because both sides were over. */
    public final boolean isDestroyed() {
        checkThread();
        return destroyed;
    }

    /** Whether the close has come. */
    public final boolean isClosed() {
        checkThread();
        return closed;
    }

    /** The error that destroyed it, or null. */
    public final ChagresException errored() {
        checkThread();
        return errored;
    }
}
