package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Bytes that go: the writing side of Node's streams. Every writable is a {@link Duplex}, if only one that can't be read.
 *
 * <p>Writes are carried out one after the other, and their callbacks come in the same order, never inside the call. A
 * write takes what lies between position and limit, and moves neither. Both are read during the call only: the buffer may be moved,
 * decoded and sliced as soon as the call returns. The bytes must not change until the write's callback, and memory of an {@link
 * java.lang.foreign.Arena} must stay open until then.
 *
 * @see <a href="https://nodejs.org/api/stream.html#writable-streams">Writable streams</a>
 */
public sealed interface Writable permits Duplex {

    /** As {@link #write(ByteBuffer, Completion)}, without a callback. */
    default boolean write(ByteBuffer data) {
        return write(data, null);
    }

    /** Writes an array, which must not change until it is through. */
    default boolean write(byte[] data) {
        return write(data == null ? null : ByteBuffer.wrap(data), null);
    }

    /** Writes text as UTF-8. */
    default boolean write(CharSequence text) {
        return write(text, null);
    }

    /** Writes text as UTF-8; {@code callback} as in {@link #write(ByteBuffer, Completion)}. */
    default boolean write(CharSequence text, Completion callback) {
        return write(text == null ? null : StandardCharsets.UTF_8.encode(text.toString()), callback);
    }

    /**
     * Writes.
     *
     * @param callback is told when the bytes are with the kernel, or the error; may be null
     * @return false where {@link #writableHighWaterMark()} bytes or more are waiting: it takes more, but a good source
     *     waits for {@link #onDrain}
     * @throws io.chagres.UsageException ERR_STREAM_NULL_VALUES
     * @throws IllegalStateException if the arena of {@code data} is closed; if it is closed later, before the bytes were written, the
     *     error of a socket is EFAULT, with an IllegalStateException as its cause
     * @throws WrongThreadException if the arena of {@code data} is confined to another thread
     */
    boolean write(ByteBuffer data, Completion callback);

    /** Ends it once all writes are through: {@link #onFinish} follows. Called again, has no effect. */
    default Writable end() {
        return end((ByteBuffer) null, null);
    }

    /** Writes a last chunk, and ends. */
    default Writable end(ByteBuffer last) {
        return end(last, null);
    }

    /** Writes a last text, as UTF-8, and ends. */
    default Writable end(CharSequence last) {
        return end(last, null);
    }

    /** Ends; {@code callback} is called at the finish with null, or with the error that prevents it. */
    default Writable end(Completion callback) {
        return end((ByteBuffer) null, callback);
    }

    /** Writes a last text, as UTF-8, and ends; {@code callback} as in {@link #end(ByteBuffer, Completion)}. */
    default Writable end(CharSequence last, Completion callback) {
        return end(last == null ? null : StandardCharsets.UTF_8.encode(last.toString()), callback);
    }

    /** Writes a last chunk unless it is null, and ends; {@code callback}, unless null, is told at the finish, or the error. */
    Writable end(ByteBuffer last, Completion callback);

    /** Holds writes back until {@link #uncork()} or the end, so that they go together. Nests. */
    void cork();

    /** Takes one {@link #cork()} back. */
    void uncork();

    /** Adds a listener for "it takes more": after a write that answered false, when all is through. */
    Writable onDrain(Runnable listener);

    /** Takes such a listener off again. */
    void offDrain(Runnable listener);

    /**
     * Adds a listener that is called when the sink's own end has succeeded, inside its completion and a tick before {@link
     * #onFinish}. A write is an error then, and so is one in the listener.
     */
    Writable onPrefinish(Runnable listener);

    /** Removes such a listener. */
    void offPrefinish(Runnable listener);

    /** Adds a listener for the finish: after {@link #end()}, when all is through. Never after an error or close. */
    Writable onFinish(Runnable listener);

    /** Takes a listener for the finish off again. */
    void offFinish(Runnable listener);

    /** Adds a listener for "it is piped to", told inside {@link Readable#pipe}: by whom. */
    Writable onPipe(Consumer<? super Readable> listener);

    /** Takes a listener of {@link #onPipe} off. */
    void offPipe(Consumer<? super Readable> listener);

    /** Adds a listener for "it is piped to no longer", told inside {@link Readable#unpipe}, or when one of the two ends. */
    Writable onUnpipe(Consumer<? super Readable> listener);

    /** Takes a listener of {@link #onUnpipe} off. */
    void offUnpipe(Consumer<? super Readable> listener);

    /** Adds a listener for the error of the stream: at most one, on a tick, before the close. */
    Writable onError(Consumer<? super ChagresException> listener);

    /** Takes a listener for the error off again. */
    void offError(Consumer<? super ChagresException> listener);

    /** Adds a listener for the close, the last event; it is told whether an error was the cause. */
    Writable onClose(CloseListener listener);

    /** Takes a listener for the close off again. */
    void offClose(CloseListener listener);

    /** Whether it can be written: not ended, not failed, not destroyed. */
    boolean isWritable();

    /** Whether {@link #end()} was called. */
    boolean isWritableEnded();

    /** Whether the finish has come. */
    boolean isWritableFinished();

    /** Whether it failed or was destroyed before its finish. */
    boolean isWritableAborted();

    /** Whether a write has answered false and the drain has not come. */
    boolean writableNeedDrain();

    /** The bytes that are waiting. */
    long writableLength();

    /** How many times more {@link #cork()} was called than {@link #uncork()}. */
    int writableCorked();

    /** From how many waiting bytes on a write answers false. */
    int writableHighWaterMark();

    /** Ends it, with {@code error} or null: nothing but that error and the close comes any more. Again, has no effect. */
    Writable destroy(ChagresException error);
}
