package io.chagres.stream;

import io.chagres.ChagresException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.function.Consumer;

/**
 * Bytes that come: the reading side of Node's streams. Every readable is a {@link Duplex}, if only one that can't be written.
 *
 * <p>It is paused at first; the first {@link #onData} listener makes it flow, from the next tick on. The bytes of a chunk are never
 * used again. Each listener gets a view of its own, which it may keep, move and decode without effect on the others. While nobody consumes, up to {@link #readableHighWaterMark()} bytes are buffered, and the source
 * is held back then. The end comes once all that was before it has been consumed: a stream that nobody reads never ends.
 *
 * <p>Who wants to say how many bytes come next listens with {@link #onReadable} instead, and calls {@link #read(int)}.
 *
 * @see <a href="https://nodejs.org/api/stream.html#readable-streams">Readable streams</a>
 */
public sealed interface Readable permits Duplex {

    // ---- flowing

    /**
     * Adds a listener for chunks, and makes the stream flow unless it was paused by {@link #pause()}. Chunks that
     * {@link #read()} returns come here, too.
     */
    Readable onData(Consumer<? super ByteBuffer> listener);

    /** Takes a listener for chunks off again. That does not pause: without any, what flows is dropped. */
    void offData(Consumer<? super ByteBuffer> listener);

    /**
     * Adds a listener for text: chunks decoded as they come. A character that is cut between chunks is told with the later
     * one; what is no character becomes U+FFFD, as does one that the end cuts off, told before {@link #onEnd}.
     */
    Readable onText(Charset charset, Consumer<String> listener);

    /**
     * Takes a listener of {@link #onText} off: nothing is decoded for it any more. The bytes of a character that has only partly
     * arrived are put back, as by {@link #unshift}, and come first for the next consumer; if other data listeners have received
     * them already, they are not put back. This is how a protocol goes from text to bytes: {@code offText}, then {@link #pipe} or
     * {@link #onData} in the same callback. Text that the listener was called with before is decoded and stays so.
     */
    void offText(Consumer<String> listener);

    /** Stops the flow at once; bytes that come are buffered. */
    Readable pause();

    /**
     * Lets it flow, from the next tick on. Where nobody listens, what flows is dropped. While somebody listens with
     * {@link #onReadable}, nothing flows.
     */
    Readable resume();

    /** Whether it is held: {@link #pause()} was called and no {@link #resume()} since, or somebody listens for readable. */
    boolean isPaused();

    /** Whether chunks are handed on as they come; neither is this so nor {@link #isPaused()} before anybody has said. */
    boolean isReadableFlowing();

    /** Adds a listener for the beginning of a pause, told inside {@link #pause()}. */
    Readable onPause(Runnable listener);

    /** Takes a listener for the beginning of a pause off. */
    void offPause(Runnable listener);

    /** Adds a listener for "it flows again", told a tick after {@link #resume()}. */
    Readable onResume(Runnable listener);

    /** Takes a listener of {@link #onResume} off. */
    void offResume(Runnable listener);

    // ---- reading by hand

    /**
     * Adds a listener for "there are bytes to {@link #read}, or the end": on a tick, and again when more have come after all
     * were read, or fewer than were asked for. While there is one, nothing flows.
     */
    Readable onReadable(Runnable listener);

    /** Takes such a listener off again; a tick later data listeners are fed again, where that was the last. */
    void offReadable(Runnable listener);

    /**
     * Takes all that is buffered; its first chunk if the stream flows, or if more than 1 GiB is buffered. Null if there is nothing,
     * or the stream is destroyed, and inside data listeners of which a hundred are inside one another: what is buffered comes
     * later then. The buffer is the caller's; data listeners get a view.
     */
    ByteBuffer read();

    /**
     * Takes {@code size} bytes; null where fewer are buffered, but at the end those that are left. With 0 it takes none and
     * makes the source go on. One who asks for more than {@link #readableHighWaterMark()} raises that to the next power of 2.
     *
     * @throws io.chagres.UsageException ERR_OUT_OF_RANGE where it is negative, or more than 1 GiB
     */
    ByteBuffer read(int size);

    /**
     * Puts bytes back that were read too early: they come next. Position and limit of {@code chunk} are read during this call only.
     * After the end was told, that is an error.
     *
     * @return whether there is room for more
     */
    boolean unshift(ByteBuffer chunk);

    /**
     * What comes, for another thread, a virtual one for instance, that wants to wait for it. To be asked for on the loop
     * thread and read on another, one, while the loop runs; what is not read holds the source back. An error of the stream
     * is an IOException with that error as its cause, as is a close before the end (ERR_STREAM_PREMATURE_CLOSE). To close it,
     * from any thread, destroys the stream. Until the stream has closed it keeps the loop alive, so that its reader may take
     * its time and answer. A read on the loop thread itself throws ERR_INVALID_STATE.
     */
    InputStream inputStream();

    // ---- pipes

    /** As {@link #pipe(Writable, boolean)}, and ends {@code destination} at the end. */
    default <W extends Writable> W pipe(W destination) {
        return pipe(destination, true);
    }

    /**
     * Writes all that comes to {@code destination}, no faster than that takes it; of several, the slowest decides. When a
     * destination finishes, fails or closes it is unpiped; an error or close of this stream does not end it:
     * {@link Streams#pipeline} is for that.
     *
     * <p>If this stream can only be written, that is its error ERR_STREAM_CANNOT_PIPE.
     *
     * @param end whether the end of this stream ends it
     * @return {@code destination}
     */
    <W extends Writable> W pipe(W destination, boolean end);

    /** Takes all pipes away; the stream is paused then. */
    Readable unpipe();

    /** Takes a pipe to {@code destination} away; the last one gone, the stream is paused. No effect where there is none. */
    Readable unpipe(Writable destination);

    // ---- the end

    /** Adds a listener for the end: once, a tick after the last byte was consumed; never after an error or close. */
    Readable onEnd(Runnable listener);

    /** Takes a listener for the end off again. */
    void offEnd(Runnable listener);

    /** Adds a listener for the error of the stream: at most one, on a tick, before the close. */
    Readable onError(Consumer<? super ChagresException> listener);

    /** Takes a listener for the error off again. */
    void offError(Consumer<? super ChagresException> listener);

    /** Adds a listener for the close, the last event; it is told whether an error was the cause. */
    Readable onClose(CloseListener listener);

    /** Takes a listener for the close off again. */
    void offClose(CloseListener listener);

    /** Ends it, with {@code error} or null: nothing but that error and the close comes any more. Again, has no effect. */
    Readable destroy(ChagresException error);

    // ---- how it is

    /** Whether it can still be read: not ended, not failed, not destroyed. */
    boolean isReadable();

    /** Whether the end has been told. */
    boolean isReadableEnded();

    /** Whether it failed or was destroyed before its end. */
    boolean isReadableAborted();

    /** Whether a chunk was consumed. */
    boolean readableDidRead();

    /** The bytes that are buffered. */
    long readableLength();

    /** How many bytes are buffered before the source is held back. */
    int readableHighWaterMark();
}
