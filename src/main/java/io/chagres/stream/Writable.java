package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a stream: bytes that go out, one write after the other. Every writable is a {@link Duplex}, even one that cannot be
 * read.
 *
 * <p>A write returns at once. Its bytes go to the sink, or wait behind the writes before it. The callbacks of writes are called in the
 * order of the writes, and never inside the call that writes. The order of events is:
 *
 * <ol>
 *   <li>the callback of each write;
 *   <li>{@code drain}, if a write has returned false and nothing waits any more: before the callback of the last write;
 *   <li>after {@link #end()} and the last write: {@code prefinish}, when the sink has ended;
 *   <li>a tick later the callbacks of {@code end}, and then {@code finish};
 *   <li>{@code error} if the stream has failed, instead of {@code prefinish} and {@code finish};
 *   <li>{@code close}.
 * </ol>
 *
 * <p>If a write fails, its callback is called with the error, then the callbacks of the writes that wait and of {@code end}, with the same
 * error. {@code error} and {@code close} follow.
 *
 * <p>A write takes the bytes between position and limit, and moves neither. Both are read during the call only: the caller may move, decode
 * and slice the buffer as soon as the call has returned. The bytes must not change until the callback, and the {@link
 * java.lang.foreign.Arena} that they are in, if any, must stay open until then.
 *
 * <pre>{@code
 * if (!socket.write(chunk)) {
 *     source.pause();                               // 64 KiB wait already
 *     socket.onDrain(source::resume);
 * }
 * }</pre>
 *
 * <p>{@link Readable#pipe} does that. All methods belong to the thread of the stream's loop and throw {@link WrongThreadException} on
 * another. Calls that add a listener return this stream. Calls that remove a listener return nothing, have no effect if the listener is not
 * there, and remove the last one if it was added several times. A listener that is null is refused with a {@link
 * io.chagres.UsageException} EINVAL.
 *
 * @see <a href="https://nodejs.org/api/stream.html#writable-streams">Node: writable streams</a>
 */
public sealed interface Writable permits Duplex {

    // ---- writing

    /** Writes {@code data} without a callback: see {@link #write(ByteBuffer, Completion)}. */
    default boolean write(ByteBuffer data) {
        return write(data, null);
    }

    /** Writes an array without a copy. The array must not change until its bytes have been written. */
    default boolean write(byte[] data) {
        return write(ByteBuffer.wrap(Chunks.requireChunk(data)), null);
    }

    /** Writes {@code text} as UTF-8: see {@link #write(ByteBuffer, Completion)}. */
    default boolean write(CharSequence text) {
        return write(text, null);
    }

    /** Writes {@code text} as UTF-8, with a callback: see {@link #write(ByteBuffer, Completion)}. */
    default boolean write(CharSequence text, @Nullable Completion callback) {
        return write(StandardCharsets.UTF_8.encode(Chunks.requireChunk(text).toString()), callback);
    }

    /**
     * Writes the bytes between the position and the limit of {@code data}.
     *
     * <p>A result of false is advice, not an error: the data is queued all the same. A good source stops then until {@link #onDrain}. A
     * source that goes on fills the memory.
     *
     * <p>After {@link #end()} a write is an error of the stream, ERR_STREAM_WRITE_AFTER_END. After {@link #destroy} it fails without an
     * {@code error} event. In both cases the result is false, and the callback is called with the error on a tick.
     *
     * @param callback called when the sink has taken the bytes, which for a socket means that they are in the kernel: with null, or with
     *     the error; may be null. {@link ChagresException#code()} is ERR_STREAM_WRITE_AFTER_END or ERR_STREAM_DESTROYED if the bytes were
     *     not accepted
     * @return false if {@link #writableHighWaterMark()} bytes or more wait, or if the stream has failed
     * @throws io.chagres.UsageException ERR_STREAM_NULL_VALUES if {@code data} is null
     * @throws IllegalStateException if the arena of {@code data} is closed. If it is closed later, before the bytes were written, the
     *     error of a socket is EFAULT, with an IllegalStateException as its cause
     * @throws WrongThreadException if the arena of {@code data} is confined to another thread
     * @see <a href="https://nodejs.org/api/stream.html#writablewritechunk-encoding-callback">writable.write</a>
     */
    boolean write(ByteBuffer data, @Nullable Completion callback);

    /**
     * Returns an output stream into this stream, for one other thread, for example a virtual one, that waits while {@link
     * #writableHighWaterMark()} bytes or more are not written yet. It is made on the loop thread, and written while the loop runs. The bytes
     * are copied, so the writer may use its array again.
     *
     * <p>Small writes that the loop has not taken yet go out together. There is nothing to flush: {@link OutputStream#flush()} only throws
     * the error of an earlier write. {@link OutputStream#close()} ends this stream, as {@link #end()} does, and waits until all bytes are
     * written; on the loop thread it does not wait. Until the finish or the close of this stream, the output stream keeps the loop alive. If
     * the loop is closed, the stream is destroyed.
     *
     * <p>An error of this stream is thrown by the next write as an {@link java.io.IOException}, with the error as its cause. A close of this
     * stream before its finish is such an error, too: ERR_STREAM_PREMATURE_CLOSE. A write on the loop thread throws a {@link
     * io.chagres.UsageException} EDEADLK. An interrupt ends the wait with an {@link java.io.InterruptedIOException}, whose {@code
     * bytesTransferred} are the bytes of this write that will go out.
     *
     * <pre>{@code
     * OutputStream out = socket.outputStream();
     * Thread.startVirtualThread(() -> copy(file, out));
     * }</pre>
     *
     * @see Readable#inputStream()
     */
    default OutputStream outputStream() {
        return WritableOutput.of(this);
    }

    /**
     * Returns an output stream like {@link #outputStream()} with a limit: a write or a close that has waited {@code timeout} for room
     * throws a {@link java.net.SocketTimeoutException}. Its {@code bytesTransferred} are the bytes of this write that will go out; the next
     * write may go on with the rest. The time is that of the system, not of a {@link io.chagres.loop.LoopClock}.
     *
     * @param timeout more than zero
     * @throws io.chagres.UsageException ERR_OUT_OF_RANGE if {@code timeout} is zero or negative
     */
    default OutputStream outputStream(Duration timeout) {
        return WritableOutput.of(this, timeout);
    }

    // ---- ending

    /** Ends the stream after the writes that wait, without a last chunk: see {@link #end(ByteBuffer, Completion)}. */
    Writable end();

    /** Writes a last chunk and ends the stream: see {@link #end(ByteBuffer, Completion)}. */
    Writable end(@Nullable ByteBuffer last);

    /** Writes a last text as UTF-8 and ends the stream: see {@link #end(ByteBuffer, Completion)}. */
    Writable end(@Nullable CharSequence last);

    /** Ends the stream, with a callback: see {@link #end(ByteBuffer, Completion)}. */
    Writable end(@Nullable Completion callback);

    /** Writes a last text as UTF-8 and ends the stream, with a callback: see {@link #end(ByteBuffer, Completion)}. */
    Writable end(@Nullable CharSequence last, @Nullable Completion callback);

    /**
     * Writes a last chunk, unless {@code last} is null, and ends the stream. From now on a write is an error. {@link #cork()} is undone.
     *
     * <p>When everything has been written, the sink ends; a socket sends its FIN. {@link #onPrefinish} follows, and a tick later {@code
     * callback} and {@link #onFinish}.
     *
     * <p>Ending a stream again without a chunk is allowed: {@code callback} is called at the finish, too. With a chunk it is an error
     * of the stream, ERR_STREAM_WRITE_AFTER_END.
     *
     * @param last the last chunk, or null
     * @param callback called before the {@code finish} listeners with null, or with the error that prevents the finish; may be null. After
     *     the finish the code of the error is ERR_STREAM_ALREADY_FINISHED, after {@link #destroy} it is ERR_STREAM_DESTROYED, both on a tick
     *     and without an {@code error} event
     * @see <a href="https://nodejs.org/api/stream.html#writableendchunk-encoding-callback">writable.end</a>
     */
    Writable end(@Nullable ByteBuffer last, @Nullable Completion callback);

    /**
     * Holds writes back until {@link #uncork()} or {@code end}, so that several small writes go out in one system call. Calls nest: as many
     * uncorks are needed as corks were made.
     *
     * <pre>{@code
     * socket.cork();
     * socket.write(header);
     * socket.write(body);
     * socket.uncork();                              // one writev(2)
     * }</pre>
     *
     * @see <a href="https://nodejs.org/api/stream.html#writablecork">writable.cork</a>
     */
    void cork();

    /**
     * Takes one {@link #cork()} back. The last one gives the writes that wait to the sink, inside this call. Without a cork it is a no-op.
     *
     * @see <a href="https://nodejs.org/api/stream.html#writableuncork">writable.uncork</a>
     */
    void uncork();

    // ---- events

    /**
     * Adds a listener for {@code drain}: a write has returned false, and since then everything has been written. It is called before the
     * callback of the last write. It is never called after {@code end} or when the stream is destroyed.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-drain">Event: 'drain'</a>
     */
    Writable onDrain(Runnable listener);

    /** Removes a listener of {@link #onDrain}. */
    void offDrain(Runnable listener);

    /**
     * Adds a listener for {@code prefinish}: the sink has ended successfully. It is called inside the completion of the sink, a tick before
     * {@link #onFinish}. A write in the listener is an error, as after every {@code end}.
     */
    Writable onPrefinish(Runnable listener);

    /** Removes a listener of {@link #onPrefinish}. */
    void offPrefinish(Runnable listener);

    /**
     * Adds a listener for {@code finish}: {@link #end()} was called, everything has been written, and the sink has ended. The listener is
     * called once, after the callbacks of {@code end}. It is never called after an error or {@code close}.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-finish">Event: 'finish'</a>
     */
    Writable onFinish(Runnable listener);

    /** Removes a listener of {@link #onFinish}. */
    void offFinish(Runnable listener);

    /**
     * Adds a listener for {@code pipe}: called inside {@link Readable#pipe}, with the source.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-pipe">Event: 'pipe'</a>
     */
    Writable onPipe(Consumer<? super Readable> listener);

    /** Removes a listener of {@link #onPipe}. */
    void offPipe(Consumer<? super Readable> listener);

    /**
     * Adds a listener for {@code unpipe}, called with the source: inside {@link Readable#unpipe}, at the end of the source if that does not
     * end this stream, and when this stream finishes, fails or closes. It is not called when the source is destroyed before its end.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-unpipe">Event: 'unpipe'</a>
     */
    Writable onUnpipe(Consumer<? super Readable> listener);

    /** Removes a listener of {@link #onUnpipe}. */
    void offUnpipe(Consumer<? super Readable> listener);

    /**
     * Adds a listener for {@code error}: called at most once in the life of the stream, on a tick, before {@code close}. Without an error
     * listener the error goes to the loop's {@linkplain io.chagres.loop.Loop#setUncaughtHandler uncaught handler}.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-error">Event: 'error'</a>
     */
    Writable onError(Consumer<? super ChagresException> listener);

    /** Removes a listener of {@link #onError}. */
    void offError(Consumer<? super ChagresException> listener);

    /**
     * Adds a listener for {@code close}: the last event, called once, with whether an error was the cause.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-close">Event: 'close'</a>
     */
    Writable onClose(CloseListener listener);

    /** Removes a listener of {@link #onClose}. */
    void offClose(CloseListener listener);

    /**
     * Destroys the stream: no event is emitted any more but {@code error}, if {@code error} is not null, and {@code close}. The writes that
     * wait and {@code end} complete with {@code error}, or with ERR_STREAM_DESTROYED, on a tick. A write that the sink has begun completes
     * as the sink says. A sink that has ended already still emits {@code finish}. Destroying a stream again is a no-op, with another error,
     * too.
     *
     * @param error the cause, or null
     * @see <a href="https://nodejs.org/api/stream.html#writabledestroyerror">writable.destroy</a>
     */
    Writable destroy(@Nullable ChagresException error);

    // ---- questions

    /**
     * Returns whether the stream can be written: it was not ended, has not failed and is not destroyed.
     *
     * @see <a href="https://nodejs.org/api/stream.html#writablewritable">writable.writable</a>
     */
    boolean isWritable();

    /**
     * Returns whether {@link #end()} was called. See {@link #isWritableFinished()} for whether everything has been written.
     *
     * @see <a href="https://nodejs.org/api/stream.html#writablewritableended">writable.writableEnded</a>
     */
    boolean isWritableEnded();

    /**
     * Returns whether the stream has finished: true in the callbacks of {@code end} and in the listeners of {@code finish}.
     *
     * @see <a href="https://nodejs.org/api/stream.html#writablewritablefinished">writable.writableFinished</a>
     */
    boolean isWritableFinished();

    /**
     * Returns whether the stream has failed or was destroyed before it has finished.
     *
     * @see <a href="https://nodejs.org/api/stream.html#writablewritableaborted">writable.writableAborted</a>
     */
    default boolean isWritableAborted() {
        return (isDestroyed() || errored() != null) && !isWritableFinished();
    }

    /** Returns whether it was destroyed: by {@link #destroy}, by an error, or because both sides have ended. */
    boolean isDestroyed();

    /** Returns the error that destroyed it, or, without autoDestroy, that it failed with; otherwise null. */
    @Nullable
    ChagresException errored();

    /**
     * Returns whether a write has returned false and {@code drain} was not emitted since. False once the stream was ended or destroyed.
     *
     * @see <a href="https://nodejs.org/api/stream.html#writablewritableneeddrain">writable.writableNeedDrain</a>
     */
    boolean writableNeedDrain();

    /**
     * Returns the number of bytes that were not written yet, those that the sink is writing included.
     *
     * @see <a href="https://nodejs.org/api/stream.html#writablewritablelength">writable.writableLength</a>
     */
    long writableLength();

    /**
     * Returns how many calls of {@link #cork()} were not taken back.
     *
     * @see <a href="https://nodejs.org/api/stream.html#writablewritablecorked">writable.writableCorked</a>
     */
    int writableCorked();

    /**
     * Returns the number of bytes that wait from which on a write returns false; 64 KiB by default. See {@link
     * DuplexOptions#writableHighWaterMark(int)}.
     *
     * @see <a href="https://nodejs.org/api/stream.html#writablewritablehighwatermark">writable.writableHighWaterMark</a>
     */
    int writableHighWaterMark();
}
