package io.chagres.stream;

import io.chagres.loop.ChagresException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Bytes that come: the reading side of Node's streams.
 *
 * <p>It is paused at first; the first {@link #onData} listener makes it flow, from the next tick on. A chunk belongs to its
 * listeners for ever. While nobody consumes, up to {@link #readableHighWaterMark()} bytes are buffered, and the source
 * is held back then. The end comes once all that was before it has been consumed: a stream that nobody reads never ends.
 *
 * @see <a href="https://nodejs.org/api/stream.html#readable-streams">Readable streams</a>
 */
public interface Readable {

    /** Adds a listener for chunks, and makes the stream flow unless it was paused by {@link #pause()}. */
    Readable onData(Consumer<? super ByteBuffer> listener);

    /** Adds a listener for the end: once, a tick after the last byte was consumed; never after an error or close. */
    Readable onEnd(Runnable listener);

    /** Adds a listener for the error that destroyed the stream: at most one, before the close. */
    Readable onError(Consumer<? super ChagresException> listener);

    /** Stops the flow at once; bytes that come are buffered. */
    Readable pause();

    /** Lets it flow, from the next tick on. Where nobody listens, what flows is dropped. */
    Readable resume();

    /** Whether {@link #pause()} was called and no {@link #resume()} since. */
    boolean isPaused();

    /** Whether it can still be read: not ended, not destroyed. */
    boolean isReadable();

    /** Whether the end has been told. */
    boolean isReadableEnded();

    /** The bytes that are buffered. */
    int readableLength();

    /** How many bytes are buffered before the source is held back. */
    int readableHighWaterMark();

    /** Ends it, with {@code error} or null: nothing but that error and the close comes any more. */
    Readable destroy(ChagresException error);

    /**
     * Writes all that comes to {@code destination}, no faster than that takes it, and ends it at the end.
     *
     * @return {@code destination}
     */
    <W extends Writable> W pipe(W destination);
}
