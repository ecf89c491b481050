package io.chagres.stream;

import io.chagres.UsageException;
import io.chagres.handle.Completion;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;

/**
 * Functions on streams: Node's stream.pipeline, stream.finished and stream.addAbortSignal, and bridges to {@link
 * java.util.concurrent.Flow}. All of them belong to the loop thread of the
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

    // ---- java.util.concurrent.Flow

    /**
     * Returns the bytes of {@code stream} as a publisher of Reactive Streams, for libraries that take one: Reactor, Mutiny, the HTTP client
     * of the JDK. It is made on the loop thread. Its {@code subscribe}, and {@code request} and {@code cancel} of its subscription, may be
     * called on any thread. The subscriber is called on the loop thread and must not block.
     *
     * <p>From this call on the stream is read by hand: it does not flow, and without demand it buffers up to its high-water mark. Each
     * requested element is one chunk as it has arrived. The chunk belongs to the subscriber, and its bytes are never reused. The end of the
     * stream is {@code onComplete}, which needs no demand. An error is {@code onError} and counts as received, so that it does not go to the
     * loop's uncaught handler. A close before the end is an error, too: ERR_STREAM_PREMATURE_CLOSE.
     *
     * <p>A stream has one subscriber. A second one gets {@code onError} with an {@link IllegalStateException}. A subscriber that cancels
     * destroys the stream, and so does one that throws or requests a number that is not positive. After the end, a cancel has no effect.
     *
     * <p>Until the stream has closed, the publisher keeps the loop alive. If the loop is closed, the stream is destroyed.
     *
     * <pre>{@code
     * HttpRequest.newBuilder(uri).POST(BodyPublishers.fromPublisher(Streams.publisher(socket)));
     * Flux<ByteBuffer> chunks = JdkFlowAdapter.flowPublisherToFlux(Streams.publisher(socket));
     * }</pre>
     *
     * @throws UsageException EINVAL if {@code stream} is null
     * @see <a href="https://github.com/reactive-streams/reactive-streams-jvm/blob/v1.0.4/README.md">Reactive Streams 1.0.4</a>
     */
    public static Publisher<ByteBuffer> publisher(Readable stream) {
        return ReadablePublisher.of(UsageException.requireArgument(stream, "stream"));
    }

    /**
     * Returns a subscriber of Reactive Streams that writes each chunk to {@code stream}. It is made on the loop thread. A publisher may call
     * it on any thread, one call at a time. The bytes of a chunk must not change until they have been written.
     *
     * <p>The subscriber requests up to eight chunks ahead, and none while {@code stream} waits for a {@code drain}. {@code onComplete} ends
     * the stream. {@code onError} destroys it, with the error, or with ERR_UNHANDLED_ERROR whose cause is the error. When the stream
     * finishes, fails or closes for another reason, the subscription is cancelled.
     *
     * <p>The subscriber adds no error listener: an error of a stream without one goes to the loop's uncaught handler. Until the stream has
     * finished or closed, the subscriber keeps the loop alive. If the loop is closed, the stream is destroyed.
     *
     * <pre>{@code
     * JdkFlowAdapter.publisherToFlowPublisher(flux).subscribe(Streams.subscriber(socket));
     * }</pre>
     *
     * @throws UsageException EINVAL if {@code stream} is null
     * @see <a href="https://github.com/reactive-streams/reactive-streams-jvm/blob/v1.0.4/README.md">Reactive Streams 1.0.4</a>
     */
    public static Subscriber<ByteBuffer> subscriber(Writable stream) {
        return WritableSubscriber.of(UsageException.requireArgument(stream, "stream"), List::of);
    }

    /**
     * Returns a subscriber like {@link #subscriber} whose elements are lists of chunks, as the HTTP client of the JDK passes them.
     *
     * <pre>{@code
     * client.sendAsync(request, BodyHandlers.fromSubscriber(Streams.listSubscriber(socket)));
     * }</pre>
     *
     * @throws UsageException EINVAL if {@code stream} is null
     */
    public static Subscriber<List<ByteBuffer>> listSubscriber(Writable stream) {
        return WritableSubscriber.of(UsageException.requireArgument(stream, "stream"), chunks -> chunks);
    }

    private static Runnable finished(Duplex stream, boolean reading, boolean writing, Completion callback) {
        UsageException.requireArgument(callback, "callback");
        Finished finished = new Finished(UsageException.requireArgument(stream, "stream"), reading, writing, callback);
        finished.begin();
        return finished::remove;
    }
}
