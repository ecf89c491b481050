package io.chagres.stream;

import io.chagres.UsageException;
import io.chagres.handle.Completion;
import java.util.List;

/**
 * How streams are put together, waited for and aborted: Node's stream.pipeline, stream.finished and stream.addAbortSignal. A
 * {@link Completion} bridges to a future in one line:
 *
 * <pre>{@code
 * Streams.finished(socket, error -> { if (error == null) future.complete(null); else future.completeExceptionally(error); });
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/stream.html#streampipelinesource-transforms-destination-callback">stream.pipeline</a>
 * @see <a href="https://nodejs.org/api/stream.html#streamfinishedstream-options-callback">stream.finished</a>
 */
public final class Streams {

    private Streams() {}

    /** As {@link #pipeline(List, boolean, Completion)}, which ends the last stream. */
    public static Duplex pipeline(List<? extends Duplex> streams, Completion callback) {
        return pipeline(streams, true, callback);
    }

    /**
     * Pipes each of {@code streams} into the next. When one fails, or closes too early, all that are not over are destroyed
     * with the error; {@code callback} is told once, on a tick, when all have closed, or at the success when the first has
     * ended and the last has finished. Nothing else is destroyed: a first stream that can also be written can be so further
     * on, as can the last one be read.
     *
     * @param end whether the last stream is ended by the end of the one before; otherwise it is not destroyed, either
     * @param callback is told null, the first error, or ERR_STREAM_PREMATURE_CLOSE
     * @return the last stream
     * @throws UsageException ERR_MISSING_ARGS where there are fewer than two; ERR_STREAM_UNABLE_TO_PIPE where one that is to be
     *     written is destroyed
     */
    public static Duplex pipeline(List<? extends Duplex> streams, boolean end, Completion callback) {
        UsageException.requireArgument(streams, "streams");
        UsageException.requireArgument(callback, "callback");
        return new Pipeline(streams, end, callback).begin();
    }

    /**
     * Tells {@code callback} once when {@code stream} is over: it was read to its end, has finished and closed. Of one that
     * can only be read, or written, that direction counts.
     *
     * @param callback is told null, the error of the stream, or ERR_STREAM_PREMATURE_CLOSE where it closed before; on a tick
     *     where all is over already
     * @return takes the callback off again: it will not be told
     */
    public static Runnable finished(Duplex stream, Completion callback) {
        return finished(stream, true, true, callback);
    }

    /** As {@link #finished}, when the end has come, whatever is still written. */
    public static Runnable finishedReading(Readable stream, Completion callback) {
        return finished((Duplex) stream, true, false, callback);
    }

    /** As {@link #finished}, when the finish has come, whatever is still read. */
    public static Runnable finishedWriting(Writable stream, Completion callback) {
        return finished((Duplex) stream, false, true, callback);
    }

    /**
     * Destroys {@code stream} with ABORT_ERR when {@code signal} is aborted; at once where it is already. That ends a
     * {@link #pipeline} that it belongs to.
     *
     * @return {@code stream}
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
