package io.chagres.framing;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.internal.LoopCore;
import io.chagres.stream.Duplex;
import io.chagres.stream.Readable;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A reader that cuts the bytes of a {@link Readable} into frames: lines, messages with a length, records. Use it instead of {@link
 * Readable#onData} if the protocol has frames: TCP has none, and a chunk may have half a message or twenty.
 *
 * <pre>{@code
 * FrameReader reader = FrameReader.on(socket, Framing.lines(1024));
 * reader.onText(line -> {
 *     if (!socket.write(answer(line))) {
 *         reader.pause();                       // no further line, even if more have arrived
 *     }
 * });
 * socket.onDrain(reader::resume);
 * socket.onError(error -> log(error));          // ERR_FRAME_TOO_LONG, for instance
 * }</pre>
 *
 * <p>A frame that lies in one chunk is a view of the chunk, without a copy. A frame that is cut by the borders of chunks is collected in a
 * buffer of its own, which grows with the bytes that arrive.
 *
 * <h2>Lifecycle</h2>
 *
 * {@link #on} makes the reader. The first {@link #onFrame} or {@link #onText} listener makes the readable flow, from the next tick on,
 * unless it was paused. The reader is then the only consumer of the readable, which must have no other data listeners, pipes or reads. Then
 * there are three ways to an end:
 *
 * <ul>
 *   <li>The readable ends at the border of two frames: the {@link #onEnd} listeners are called.
 *   <li>The bytes are no frame: the readable is destroyed with ERR_FRAME_TOO_LONG, ERR_FRAME_MALFORMED, ERR_FRAME_TRUNCATED or
 *       ERR_FRAME_TIMEOUT, and the error goes to the {@link Readable#onError} listeners. A listener of {@link #onError} gets it instead, and
 *       can answer. Frames that came before have been handed on.
 *   <li>{@link #stop} gives the readable back, at the border of two frames.
 * </ul>
 *
 * <p>A frame listener may do all of these: pause, switch to another framing, stop, destroy the readable. Each works at once: the next frame
 * is not handed on, although its bytes may have arrived.
 *
 * <p>While the first bytes of a frame have arrived, a stream is not {@linkplain Duplex#isIdle idle}, even if all earlier frames have been
 * answered: a server that closes with a grace period waits for the rest.
 *
 * <p>All methods belong to the thread of the readable's loop and throw {@link WrongThreadException} on another. A socket that connects
 * again keeps its reader, as it keeps its listeners.
 */
public final class FrameReader {

    private final Readable readable;
    private final LoopCore core;
    private final FrameListeners listeners;
    private final Cutter cutter;

    private FrameReader(Readable readable, LoopCore core, Framing framing) {
        this.readable = readable;
        this.core = core;
        listeners = new FrameListeners(core.callbacks());
        cutter = new Cutter(readable, core, listeners, framing);
    }

    /**
     * Makes a reader that cuts what {@code readable} has not handed on yet. Nothing flows because of this call.
     *
     * @throws UsageException EINVAL if an argument is null
     */
    public static FrameReader on(Readable readable, Framing framing) {
        UsageException.requireArgument(readable, "readable");
        UsageException.requireArgument(framing, "framing");
        LoopCore core = LoopCore.of(((Duplex) readable).loop());
        core.checkThread();
        return new FrameReader(readable, core, framing);
    }

    /**
     * Adds a listener for frames. The first one makes the readable flow from the next tick on, as {@link Readable#onData} does.
     *
     * <p>The frame is a buffer of its own: position 0, limit and capacity at its end, network byte order. Each listener gets another one. The
     * bytes belong to the listeners and are never reused. A frame that is kept keeps its whole chunk from being collected, up to 64 KiB on a
     * socket: copy a small frame that lives long.
     *
     * <p>If a listener throws, the loop's uncaught handler gets the exception, and the next frame is handed on.
     *
     * @throws UsageException EINVAL if {@code listener} is null; ERR_INVALID_STATE if the reader was stopped
     */
    public FrameReader onFrame(Consumer<? super ByteBuffer> listener) {
        listeners.onFrame(require(listener));
        cutter.begin();
        return this;
    }

    /** Removes a listener of {@link #onFrame}. Without a listener, frames are dropped. */
    public void offFrame(Consumer<? super ByteBuffer> listener) {
        core.checkThread();
        listeners.offFrame(UsageException.requireArgument(listener, "listener"));
    }

    /** Adds a listener for frames that are text in UTF-8: {@link #onText(Charset, Consumer)}. */
    public FrameReader onText(Consumer<String> listener) {
        return onText(StandardCharsets.UTF_8, listener);
    }

    /**
     * Adds a listener for frames that are text. Each frame is decoded by itself, and malformed bytes become U+FFFD. In all else it is a
     * listener like those of {@link #onFrame}.
     *
     * @throws UsageException EINVAL if an argument is null; ERR_INVALID_STATE if the reader was stopped
     */
    public FrameReader onText(Charset charset, Consumer<String> listener) {
        require(listener);
        return onFrame(new TextDecoding(UsageException.requireArgument(charset, "charset"), listener));
    }

    /** Removes a listener of {@link #onText}. */
    public void offText(Consumer<String> listener) {
        core.checkThread();
        listeners.offText(UsageException.requireArgument(listener, "listener"));
    }

    /**
     * Adds a listener for the end: called once, after the last frame, if the readable has ended at the border of two frames. It is not
     * called if the end is inside a frame, which is the error ERR_FRAME_TRUNCATED of the readable, nor after {@link #stop}.
     *
     * @throws UsageException EINVAL if {@code listener} is null; ERR_INVALID_STATE if the reader was stopped
     */
    public FrameReader onEnd(Runnable listener) {
        listeners.onEnd(require(listener));
        return this;
    }

    /** Removes a listener of {@link #onEnd}. */
    public void offEnd(Runnable listener) {
        core.checkThread();
        listeners.offEnd(UsageException.requireArgument(listener, "listener"));
    }

    /**
     * Adds a listener for bytes that are no frame. With a listener, the readable is not destroyed: the listener answers and ends it. Nothing
     * is cut after the call, and bytes that arrive are dropped, up to the end of the peer.
     *
     * <pre>{@code
     * FrameReader.on(socket, Framing.lines(1024))
     *         .onText(this::command)
     *         .onError(error -> socket.end("ERROR " + error.code() + "\n"));
     * }</pre>
     *
     * <p>The codes are ERR_FRAME_TOO_LONG, ERR_FRAME_MALFORMED, ERR_FRAME_TIMEOUT, and ERR_FRAME_TRUNCATED at the end of the readable.
     * Errors of the readable itself go to its own listeners.
     *
     * @throws UsageException EINVAL if {@code listener} is null; ERR_INVALID_STATE if the reader was stopped
     */
    public FrameReader onError(Consumer<? super ChagresException> listener) {
        listeners.onError(require(listener));
        return this;
    }

    /** Removes a listener of {@link #onError}. */
    public void offError(Consumer<? super ChagresException> listener) {
        core.checkThread();
        listeners.offError(UsageException.requireArgument(listener, "listener"));
    }

    /**
     * Limits the time of a frame, from its first bytes to its last; without a limit by default. A client that sends a byte a minute never
     * is idle, and holds a connection for ever: this ends it with ERR_FRAME_TIMEOUT. Between two frames there is no limit: see {@link
     * io.chagres.stream.Duplex} and the idle timeout of a socket.
     *
     * <p>The limit begins again if the readable is paused when it has passed: the rest may have arrived and not been read. The timer does not
     * keep the loop alive.
     *
     * @param limit zero for none
     * @throws UsageException ERR_OUT_OF_RANGE if {@code limit} is negative; ERR_INVALID_STATE if the reader was stopped
     */
    public FrameReader frameTimeout(Duration limit) {
        core.checkThread();
        requireNotStopped();
        if (UsageException.requireArgument(limit, "limit").isNegative()) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE", "The value of \"limit\" is out of range. It must be >= 0. Received " + limit);
        }
        cutter.timeout().limit(TimeUnit.NANOSECONDS.convert(limit));
        return this;
    }

    /**
     * Pauses the readable: no frame is handed on any more, also not those that have arrived already. Their bytes are put back into the buffer
     * of the readable. When that has reached its high-water mark, the source is asked for no more, and the peer has to wait.
     *
     * <p>{@link Readable#pause} of the readable has the same effect. After {@link #stop} the call is a no-op.
     */
    public FrameReader pause() {
        core.checkThread();
        if (!cutter.isStopped()) {
            readable.pause();
        }
        return this;
    }

    /**
     * Makes frames flow again, from the next tick on. Without a listener they are dropped. {@link Readable#resume} of the readable has the
     * same effect. After {@link #stop} the call is a no-op, so that it may be a drain listener that stays.
     */
    public FrameReader resume() {
        core.checkThread();
        if (!cutter.isStopped()) {
            cutter.begin();
            readable.resume();
        }
        return this;
    }

    /** Returns whether the readable is paused, see {@link Readable#isPaused}. */
    public boolean isPaused() {
        core.checkThread();
        return readable.isPaused();
    }

    /**
     * Cuts with {@code framing} from the next byte on: the one behind the last frame that was handed on. Called in a frame listener, it is
     * the byte behind that frame, even if the bytes of many frames have arrived.
     *
     * <p>If the first bytes of a frame have arrived, these are cut again, on a tick.
     *
     * <pre>{@code
     * FrameReader reader = FrameReader.on(socket, Framing.length(4, 1 << 20));
     * reader.onFrame(frame -> {
     *     if (isHead(frame)) {
     *         reader.switchTo(Framing.fixed(sizeOfBody(frame)));
     *     } else {
     *         reader.switchTo(Framing.length(4, 1 << 20));
     *     }
     * });
     * }</pre>
     *
     * @throws UsageException EINVAL if {@code framing} is null; ERR_INVALID_STATE if the reader was stopped
     */
    public FrameReader switchTo(Framing framing) {
        core.checkThread();
        UsageException.requireArgument(framing, "framing");
        requireNotStopped();
        cutter.switchTo(framing);
        return this;
    }

    /** Returns the framing that cuts the next byte. */
    public Framing framing() {
        core.checkThread();
        return cutter.framing();
    }

    /**
     * Stops cutting, and gives the readable back: all bytes behind the last frame that was handed on are put back into it, those of an
     * unfinished frame included. No listener of this reader is called any more. Calling it again is a no-op.
     *
     * <p>A readable that was not paused is then as undecided as a new one: it buffers until a pipe, a listener or another reader takes over,
     * and begins with the very next byte. A paused one stays paused. If the readable has ended, an unfinished frame is dropped.
     *
     * <pre>{@code
     * reader.onText(line -> {
     *     if (line.isEmpty()) {                  // the end of the head of a CONNECT
     *         reader.stop().pipe(upstream);
     *         upstream.pipe(socket);
     *     }
     * });
     * }</pre>
     *
     * @return the readable
     */
    public Readable stop() {
        core.checkThread();
        cutter.stop();
        return readable;
    }

    private <L> L require(L listener) {
        core.checkThread();
        UsageException.requireArgument(listener, "listener");
        requireNotStopped();
        return listener;
    }

    private void requireNotStopped() {
        if (cutter.isStopped()) {
            throw new UsageException("ERR_INVALID_STATE", "the reader was stopped");
        }
    }

    /**
     * Returns framing, state and readable, as in "FrameReader (lines(1024), 17 bytes of a frame) on Socket (open)". Any thread may call it.
     * From another thread than the loop's the answer may be a moment old.
     */
    @Override
    public String toString() {
        int first = cutter.partialLength();
        return "FrameReader (" + cutter.framing()
                + (cutter.isStopped() ? ", stopped" : "")
                + (cutter.isRefused() ? ", refused" : "")
                + (first > 0 ? ", " + first + " bytes of a frame" : "")
                + ") on " + readable;
    }
}
