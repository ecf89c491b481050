package io.chagres.stream;

import io.chagres.ChagresException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of a stream: bytes that arrive, in chunks. Every readable is a {@link Duplex}, even one that cannot be written.
 *
 * <p>At first nothing flows. The first {@link #onData} listener makes the stream flow, from the next tick on. While nothing is consumed,
 * up to {@link #readableHighWaterMark()} bytes are buffered, and then the source is asked for no more. The end is emitted once
 * everything before it has been consumed. So a stream that is never read never ends.
 *
 * <p>There are five ways to read. They can be used in turn, without losing a byte:
 *
 * <ul>
 *   <li>{@link #onData}: chunks, as they arrive. Use this by default.
 *   <li>{@link #onText}: the same, decoded to strings.
 *   <li>{@link #onReadable} and {@link #read(int)}: for a protocol that says how many bytes come next.
 *   <li>{@link #pipe(Writable)}: into another stream, with back-pressure.
 *   <li>{@link #inputStream()}: for another thread, which waits.
 * </ul>
 *
 * <p>The last events are {@code error}, if the stream has failed, and {@code close}. No event follows {@code close}.
 *
 * <pre>{@code
 * socket.onData(chunk -> parser.accept(chunk))
 *         .onEnd(() -> parser.finish())
 *         .onError(error -> log(error));
 * }</pre>
 *
 * <p>All methods belong to the thread of the stream's loop and throw {@link WrongThreadException} on another. Calls that add a listener
 * return this stream. Calls that remove a listener return nothing, have no effect if the listener is not there, and remove the last one
 * if it was added several times. A listener that is null is refused with a {@link io.chagres.UsageException} EINVAL.
 *
 * @see <a href="https://nodejs.org/api/stream.html#readable-streams">Node: readable streams</a>
 */
public sealed interface Readable permits Duplex {

    // ---- flowing

    /**
     * Adds a listener for chunks, and makes the stream flow from the next tick on, unless {@link #pause()} was called or there is an
     * {@link #onReadable} listener. What {@link #read()} returns is passed to the data listeners, too.
     *
     * <p>Each listener gets a view of its own. The listener may keep it, move its position and decode it, without effect on the other
     * listeners. The bytes of a chunk are never reused.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-data">Event: 'data'</a>
     */
    Readable onData(Consumer<? super ByteBuffer> listener);

    /**
     * Removes a listener of {@link #onData}. That does not pause the stream: if it flows without a data listener, its chunks are
     * dropped.
     */
    void offData(Consumer<? super ByteBuffer> listener);

    /**
     * Adds a listener for text: a data listener that decodes each chunk as it arrives, and makes the stream flow as {@link #onData} does.
     *
     * <p>A character that is cut by the border of two chunks is part of the text of the later one. Malformed bytes become U+FFFD. So does
     * a character that the end of the stream cuts off: the listener is called with it before the {@link #onEnd} listeners.
     *
     * <pre>{@code
     * socket.onText(StandardCharsets.UTF_8, text -> System.out.print(text));
     * }</pre>
     *
     * @throws io.chagres.UsageException EINVAL if {@code charset} is null
     * @see <a href="https://nodejs.org/api/stream.html#readablesetencodingencoding">readable.setEncoding</a>
     */
    Readable onText(Charset charset, Consumer<String> listener);

    /**
     * Removes a listener of {@link #onText}: nothing is decoded for it any more. This is how a protocol changes from text to bytes:
     * {@code offText}, then {@link #pipe} or {@link #onData} in the same callback.
     *
     * <p>If a character has arrived in part, its bytes are put back, as by {@link #unshift}, and come first for the next consumer. They
     * are not put back if other data listeners have received them already. Text that the listener has received is decoded and stays so.
     */
    void offText(Consumer<String> listener);

    /**
     * Stops the flow at once: no data listener is called any more, and bytes that arrive are buffered. If that changes something, the
     * {@link #onPause} listeners are called inside this call.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readablepause">readable.pause</a>
     */
    Readable pause();

    /**
     * Makes the stream flow from the next tick on. The {@link #onResume} listeners are called first, then the data listeners with what is
     * buffered. If there is no data listener, what flows is dropped. While there is an {@link #onReadable} listener, nothing flows.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readableresume">readable.resume</a>
     */
    Readable resume();

    /**
     * Returns whether the stream is held back: {@link #pause()} was called and no {@link #resume()} since, or there is an {@link
     * #onReadable} listener. False for a stream that nothing has been decided for yet.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readableispaused">readable.isPaused</a>
     */
    boolean isPaused();

    /**
     * Returns whether chunks are handed on as they arrive. Before the first listener, pipe, pause or resume, neither this nor {@link
     * #isPaused()} is true.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readablereadableflowing">readable.readableFlowing</a>
     */
    boolean isReadableFlowing();

    /**
     * Adds a listener for {@code pause}: called inside {@link #pause()} if the stream was not paused, and when a pipe holds the stream
     * back.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-pause">Event: 'pause'</a>
     */
    Readable onPause(Runnable listener);

    /** Removes a listener of {@link #onPause}. */
    void offPause(Runnable listener);

    /**
     * Adds a listener for {@code resume}: called on the tick after {@link #resume()}, before the first chunk flows. A first data listener,
     * a pipe and a drain resume the stream, too.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-resume">Event: 'resume'</a>
     */
    Readable onResume(Runnable listener);

    /** Removes a listener of {@link #onResume}. */
    void offResume(Runnable listener);

    // ---- reading by hand

    /**
     * Adds a listener for {@code readable}: there are bytes to {@link #read()}, or the source has ended. While there is such a listener,
     * nothing flows.
     *
     * <p>The listener is called on a tick. It is called again when more bytes have arrived after everything was read, or after a {@link
     * #read(int)} that returned null. If the listener reads nothing, it is not called again for the same bytes. When the source ends, it
     * is called once more, without a tick unless the source was being asked for bytes. After {@code end} it is never called.
     *
     * <pre>{@code
     * socket.onReadable(() -> {
     *     for (ByteBuffer head; (head = socket.read(4)) != null; ) {
     *         header(head);
     *     }
     * });
     * }</pre>
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-readable">Event: 'readable'</a>
     */
    Readable onReadable(Runnable listener);

    /**
     * Removes a listener of {@link #onReadable}. A tick after the last one was removed, the stream flows again if it was resumed or has
     * data listeners. A listener that is added again in the same callback changes that back.
     */
    void offReadable(Runnable listener);

    /**
     * Takes everything that is buffered. If the stream flows, or more than 1 GiB is buffered, it takes the first chunk only. The data
     * listeners get a view of what is returned, before the call returns. A tick after the last byte was taken, the end is emitted, if the
     * source has ended.
     *
     * <p>Data listeners can read inside one another to a depth of one hundred calls. A deeper call returns null, and what is buffered is
     * delivered on a tick.
     *
     * @return a buffer that belongs to the caller; null if nothing is buffered or the stream is destroyed
     * @see <a href="https://nodejs.org/api/stream.html#readablereadsize">readable.read</a>
     */
    @Nullable
    ByteBuffer read();

    /**
     * Takes {@code size} bytes. If fewer are buffered, it takes none and returns null; once the source has ended, it takes the rest.
     *
     * <p>With 0 it takes nothing and makes the source go on. A size above {@link #readableHighWaterMark()} raises the mark to the next
     * power of 2, so that the bytes can arrive. A caller should read until null is returned: a read of exactly the last bytes does not
     * lead to {@code end}, only the read after it does.
     *
     * @param size bytes, 0 to 1 GiB
     * @return a buffer that belongs to the caller, or null; see {@link #read()}
     * @throws io.chagres.UsageException ERR_OUT_OF_RANGE if {@code size} is negative or more than 1 GiB
     * @see <a href="https://nodejs.org/api/stream.html#readablereadsize">readable.read</a>
     */
    @Nullable
    ByteBuffer read(int size);

    /**
     * Puts bytes back that were read too early: they come before everything that is buffered. An empty {@code chunk} changes nothing. After
     * the stream was destroyed the call has no effect.
     *
     * <p>After {@code end} was emitted, bytes that are put back are an error of the stream: ERR_STREAM_UNSHIFT_AFTER_END_EVENT.
     *
     * @param chunk its position and limit are read during this call only; the bytes belong to the stream from now on
     * @return whether fewer bytes than {@link #readableHighWaterMark()} are buffered, and the source has not ended
     * @throws io.chagres.UsageException EINVAL if {@code chunk} is null
     * @see <a href="https://nodejs.org/api/stream.html#readableunshiftchunk-encoding">readable.unshift</a>
     */
    boolean unshift(ByteBuffer chunk);

    /**
     * Returns an input stream of the bytes that arrive, for one other thread, for example a virtual one, that waits for them. It is made on
     * the loop thread, and read while the loop runs. Bytes that are not read hold the source back.
     *
     * <p>Until this stream has closed, the input stream keeps the loop alive, so that its reader may take its time and answer. If the loop
     * is closed, the stream is destroyed.
     *
     * <p>An error of this stream is thrown by the read as an {@link java.io.IOException}, with the error as its cause. A close before the
     * end is such an error, too: ERR_STREAM_PREMATURE_CLOSE. A read on the loop thread throws a {@link io.chagres.UsageException}
     * EDEADLK. An interrupt ends the wait with an {@link java.io.InterruptedIOException}. Closing the input stream, on any thread, destroys
     * this stream.
     *
     * <pre>{@code
     * InputStream in = socket.inputStream();
     * Thread.startVirtualThread(() -> handle(in));
     * }</pre>
     *
     * @see Writable#outputStream()
     */
    default InputStream inputStream() {
        return ReadableInput.of(this);
    }

    /**
     * Returns an input stream like {@link #inputStream()} with a limit: a read that has waited {@code timeout} for a byte throws a {@link
     * java.net.SocketTimeoutException}. This stream is not changed by it, no byte is lost, and the next read waits again. The time is
     * that of the system, not of a {@link io.chagres.loop.LoopClock}.
     *
     * @param timeout more than zero
     * @throws io.chagres.UsageException ERR_OUT_OF_RANGE if {@code timeout} is zero or negative
     */
    default InputStream inputStream(Duration timeout) {
        return ReadableInput.of(this, timeout);
    }

    // ---- pipes

    /** Pipes this stream into {@code destination}, which is ended when this stream has ended: see {@link #pipe(Writable, boolean)}. */
    default <W extends Writable> W pipe(W destination) {
        return pipe(destination, true);
    }

    /**
     * Writes everything that arrives to {@code destination}, no faster than {@code destination} takes it. Of several destinations, the
     * slowest decides. This stream flows from the next tick on, even if it was paused.
     *
     * <ul>
     *   <li>{@code destination} emits {@link Writable#onPipe pipe} inside this call.
     *   <li>When a write returns false, this stream is paused until {@code destination} emits {@code drain}.
     *   <li>When this stream emits {@code end}, {@code destination} is ended. If {@code end} is false, only the pipe ends. If this stream
     *       has ended already, that happens on a tick.
     *   <li>When {@code destination} finishes, fails or closes, it is unpiped. This stream is not destroyed then.
     *   <li>An error or close of this stream does not end {@code destination}. Use {@link Streams#pipeline} if it should.
     * </ul>
     *
     * <p>If this stream was made to be written only, the call is its error ERR_STREAM_CANNOT_PIPE. If this stream has closed before its
     * end, or {@code destination} has closed, the call has no effect.
     *
     * <pre>{@code
     * client.pipe(upstream).pipe(client);      // a proxy
     * }</pre>
     *
     * @param end whether the end of this stream ends {@code destination}; true by default
     * @return {@code destination}
     * @throws io.chagres.UsageException EINVAL if {@code destination} is null
     * @see <a href="https://nodejs.org/api/stream.html#readablepipedestination-options">readable.pipe</a>
     */
    <W extends Writable> W pipe(W destination, boolean end);

    /**
     * Ends all pipes of this stream, and leaves the stream paused. Each destination emits {@link Writable#onUnpipe unpipe} inside this
     * call. Data listeners that had to wait for a destination receive the flow again on the next tick.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readableunpipedestination">readable.unpipe</a>
     */
    Readable unpipe();

    /**
     * Ends the first pipe to {@code destination}, as {@link #unpipe()} ends all. If it was the last pipe, the stream is left paused. If
     * there is no such pipe, the call has no effect.
     *
     * @throws io.chagres.UsageException EINVAL if {@code destination} is null
     */
    Readable unpipe(Writable destination);

    // ---- the end

    /**
     * Adds a listener for {@code end}: called once, a tick after the last byte was consumed. It is never called if the stream fails or is
     * destroyed before, and not while bytes are buffered that no consumer takes.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-end">Event: 'end'</a>
     */
    Readable onEnd(Runnable listener);

    /** Removes a listener of {@link #onEnd}. */
    void offEnd(Runnable listener);

    /**
     * Adds a listener for {@code error}: called at most once in the life of the stream, on a tick, before {@code close}. Without an error
     * listener the error goes to the loop's {@linkplain io.chagres.loop.Loop#setUncaughtHandler uncaught handler}.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-error_1">Event: 'error'</a>
     */
    Readable onError(Consumer<? super ChagresException> listener);

    /** Removes a listener of {@link #onError}. */
    void offError(Consumer<? super ChagresException> listener);

    /**
     * Adds a listener for {@code close}: the last event, called once, with whether an error was the cause.
     *
     * @see <a href="https://nodejs.org/api/stream.html#event-close_1">Event: 'close'</a>
     */
    Readable onClose(CloseListener listener);

    /** Removes a listener of {@link #onClose}. */
    void offClose(CloseListener listener);

    /**
     * Destroys the stream: no event is emitted any more but {@code error}, if {@code error} is not null, and {@code close}. Pending writes
     * and ends complete with {@code error}, or with ERR_STREAM_DESTROYED. What is buffered is dropped. Destroying a stream again is a
     * no-op, with another error, too.
     *
     * @param error the cause, or null
     * @see <a href="https://nodejs.org/api/stream.html#readabledestroyerror">readable.destroy</a>
     */
    Readable destroy(@Nullable ChagresException error);

    // ---- questions

    /**
     * Returns whether the stream can still be read: it has neither emitted {@code end} nor failed, and is not destroyed.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readablereadable">readable.readable</a>
     */
    boolean isReadable();

    /**
     * Returns whether {@code end} was emitted. True in the listeners of {@code end}.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readablereadableended">readable.readableEnded</a>
     */
    boolean isReadableEnded();

    /**
     * Returns whether the stream has failed or was destroyed before {@code end} was emitted.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readablereadableaborted">readable.readableAborted</a>
     */
    default boolean isReadableAborted() {
        return (isDestroyed() || errored() != null) && !isReadableEnded();
    }

    /** Returns whether it was destroyed: by {@link #destroy}, by an error, or because both sides have ended. */
    boolean isDestroyed();

    /** Returns the error that destroyed it, or, without autoDestroy, that it failed with; otherwise null. */
    @Nullable
    ChagresException errored();

    /**
     * Returns whether a chunk was ever consumed: by a listener, a pipe or a read, or dropped because the stream flows without a listener.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readablereadabledidread">readable.readableDidRead</a>
     */
    boolean readableDidRead();

    /**
     * Returns the number of bytes that are buffered.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readablereadablelength">readable.readableLength</a>
     */
    long readableLength();

    /**
     * Returns the number of buffered bytes from which on the source is asked for no more; 64 KiB by default. See {@link
     * DuplexOptions#readableHighWaterMark(int)}.
     *
     * @see <a href="https://nodejs.org/api/stream.html#readablereadablehighwatermark">readable.readableHighWaterMark</a>
     */
    int readableHighWaterMark();
}
