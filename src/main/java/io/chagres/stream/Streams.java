package io.chagres.stream;

import io.chagres.UsageException;
import io.chagres.handle.Completion;
import java.util.List;

/**
 * Functions on streams: Node's stream.pipeline, stream.finished and stream.addAbortSignal. All of them belong to the loop thread of the
 * streams. A {@link Completion} bridges to a future in one line:
 *
 * <pre>{@code
 * Streams.finished(socket, error -> { if (error == null) future.complete(null); else future.completeExceptionally(error); });
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/stream.html#api-for-stream-consumers">Node: stream</a>
 */
public final class Streams {

    private Streams() {}

    /** Pipes each of {@code streams} into the next, and ends the last one: see {@link #pipeline(List, boolean, Completion)}. */
    public static Duplex pipeline(List<? extends Duplex> streams, Completion callback) {
        return pipeline(streams, true, callback);
    }

    /**
     * Pipes each of {@code streams} into the next. If one of them fails or closes too early, all that have not ended and finished are
     * destroyed with the error.
     *
     * <p>{@code callback} is called once, on a tick: after a failure when all have closed, after a success when the first stream has
     * ended and the last has finished. Nothing else is destroyed. A first stream that can also be written stays writable, and a last
     * stream that can also be read stays readable.
     *
     * <pre>{@code
     * Streams.pipeline(List.of(socket, upperCase, socket), error -> log(error));
     * }</pre>
     *
     * @param streams at least two
     * @param end whether the last stream is ended by the end of the one before; if not, it is not destroyed, either
     * @param callback called with null, with the first error, or with ERR_STREAM_PREMATURE_CLOSE
     * @return the last stream
     * @throws UsageException ERR_MISSING_ARGS if there are fewer than two streams; ERR_STREAM_UNABLE_TO_PIPE if a stream other than the
     *     first is destroyed; EINVAL if an argument is null
     * @see <a href="https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-callback">stream.pipeline</a>
     */
    public static Duplex pipeline(List<? extends Duplex> streams, boolean end, Completion callback) {
        UsageException.requireArgument(streams, "streams");
        UsageException.requireArgument(callback, "callback");
        return new Pipeline(streams, end, callback).begin();
    }

    /**
     * Calls {@code callback} once when {@code stream} has ended, has finished and has closed. If the stream can only be read, or only be
     * written, that side counts. If the stream has no autoDestroy, its close is not awaited. A stream that is never read never ends, so its
     * callback is not called before the close.
     *
     * @param callback called with null, with the error of the stream, or with ERR_STREAM_PREMATURE_CLOSE if the stream has closed before
     *     the end or the finish; on a tick if that has happened already
     * @return a function that removes the callback, so that it will not be called
     * @throws UsageException EINVAL if an argument is null
     * @see <a href="https://nodejs.org/api/stream.html#streamfinishedstream-options-callback">stream.finished</a>
     */
    public static Runnable finished(Duplex stream, Completion callback) {
        return finished(stream, true, true, callback);
    }

    /** Calls {@code callback} once when {@code stream} has ended, even if it is still written: see {@link #finished}. */
    public static Runnable finishedReading(Readable stream, Completion callback) {
        return finished((Duplex) stream, true, false, callback);
    }

    /** Calls {@code callback} once when {@code stream} has finished, even if it is still read: see {@link #finished}. */
    public static Runnable finishedWriting(Writable stream, Completion callback) {
        return finished((Duplex) stream, false, true, callback);
    }

    /**
     * Destroys {@code stream} with the error ABORT_ERR when {@code signal} is aborted, or at once if the signal is aborted already. A
     * {@link #pipeline} that the stream belongs to fails with it. If the stream is destroyed already, the call has no effect. The signal
     * does not hold a stream that has closed.
     *
     * @return {@code stream}
     * @throws UsageException EINVAL if an argument is null
     * @see <a href="https://nodejs.org/api/stream.html#streamaddabortsignalsignal-stream">stream.addAbortSignal</a>
     */
    public static <D extends Duplex> D addAbortSignal(AbortSignal signal, D stream) {
        UsageException.requireArgument(signal, "signal");
        if (UsageException.requireArgument(stream, "stream").isDestroyed()) {
            return stream;
        }
        if (signal.isAborted()) {
            stream.destroy(signal.error());
        } else {
            Runnable remover = signal.onAbort(stream.loop(), () -> stream.destroy(signal.error()));
            stream.onClose(new CloseListener() {
                @Override
                public void onClose(boolean hadError) {
                    remover.run();
                    stream.offClose(this);
                }
            });
        }
        return stream;
    }

    private static Runnable finished(Duplex stream, boolean reading, boolean writing, Completion callback) {
        UsageException.requireArgument(callback, "callback");
        Finished finished = new Finished(UsageException.requireArgument(stream, "stream"), reading, writing, callback);
        finished.begin();
        return finished::remove;
    }
}
