package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The subscriber of {@link Streams#subscriber} and {@link Streams#listSubscriber}. The publisher's threads leave the chunks here, and one
 * task of the loop writes all that were left. While the stream waits for a drain, no more elements are requested.
 *
 * <p>All calls of the subscription are made on the loop thread, one after the other (2.7), but for the cancel of a second subscription.
 *
 * @param <T> the elements: a chunk, or a list of chunks
 */
final class WritableSubscriber<T> implements Subscriber<T> {

    /**
     * The maximum of elements that are requested and not written. With fewer, a publisher on another thread waits for the loop after
     * each element. With more, more memory is on its way while the stream is full.
     */
    private static final int MAX_REQUESTED = 8;

    private final Duplex stream;
    private final Function<T, List<ByteBuffer>> chunksOf;
    private final ReentrantLock lock = new ReentrantLock();
    private final Stay stay;
    private final Turn turn;
    private final Runnable onDrain = this::request;
    private final Runnable onFinish = this::finish;
    private final CloseListener onClose = hadError -> finish();

    // guarded by the lock
    private final ArrayDeque<ByteBuffer> left = new ArrayDeque<>(); // not written yet
    private @Nullable Subscription subscription; // dropped at the end
    private boolean subscribed; // there is or was a subscription
    private int arrived; // elements, since the last turn
    private boolean complete; // onComplete was called
    private @Nullable Throwable failure; // of the publisher
    private boolean over; // the stream writes nothing any more

    private int requested; // elements that were not written; of the loop thread

    private WritableSubscriber(Duplex stream, Function<T, List<ByteBuffer>> chunksOf) {
        this.stream = stream;
        this.chunksOf = chunksOf;
        turn = new Turn(stream.core, this::turn);
        stay = new Stay(stream, "subscriber", lock, this::finish);
        if (!stream.isWritable()) {
            over = true;
            return;
        }
        stay.begin();
        stream.onDrain(onDrain).onFinish(onFinish).onClose(onClose);
    }

    /** Returns a subscriber that writes the chunks of each element to {@code writable}. */
    static <T> Subscriber<T> of(Writable writable, Function<T, List<ByteBuffer>> chunksOf) {
        Duplex stream = (Duplex) writable;
        stream.checkThread();
        return new WritableSubscriber<>(stream, chunksOf);
    }

    // ---- on the publisher's threads

    @Override
    public void onSubscribe(Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription"); // 2.13
        boolean accepted;
        lock.lock();
        try {
            accepted = !subscribed && !over;
            if (accepted) {
                subscribed = true;
                this.subscription = subscription;
                turn.ask();
            }
        } finally {
            lock.unlock();
        }
        if (!accepted) {
            subscription.cancel(); // 2.5
        }
    }

    @Override
    public void onNext(T element) {
        List<ByteBuffer> chunks = List.copyOf(chunksOf.apply(Objects.requireNonNull(element, "element")));
        lock.lock();
        try {
            arrived++;
            if (!over) {
                for (ByteBuffer chunk : chunks) {
                    left.add(Buffers.view(chunk)); // another subscriber may get the same buffer
                }
                turn.ask();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable thrown) {
        Objects.requireNonNull(thrown, "thrown");
        lock.lock();
        try {
            subscription = null; // 2.4: it counts as cancelled
            failure = thrown;
            turn.ask();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onComplete() {
        lock.lock();
        try {
            subscription = null;
            complete = true;
            turn.ask();
        } finally {
            lock.unlock();
        }
    }

    // ---- on the loop thread

    private void turn() {
        List<ByteBuffer> chunks;
        boolean ends;
        Throwable thrown;
        lock.lock();
        try {
            if (over) {
                return;
            }
            chunks = List.copyOf(left);
            left.clear();
            requested = Math.max(0, requested - arrived);
            arrived = 0;
            ends = complete;
            thrown = failure;
        } finally {
            lock.unlock();
        }
        if (thrown != null) {
            stream.destroy(ChagresException.of(thrown));
        } else if (!stream.isWritable()) {
            finish(); // another caller has ended or destroyed it
        } else {
            write(chunks);
            goOn(ends);
        }
    }

    private void write(List<ByteBuffer> chunks) {
        boolean together = chunks.size() > 1;
        if (together) {
            stream.cork();
        }
        try {
            chunks.forEach(stream::write);
        } catch (Throwable unreachable) { // memory of an arena that is closed, or confined to another thread
            stream.destroy(ChagresException.of(unreachable));
        }
        if (together) {
            stream.uncork();
        }
    }

    private void goOn(boolean ends) {
        if (!ends) {
            request();
        } else if (stream.isWritable()) {
            stream.end();
        }
    }

    /** Requests more elements, unless the stream has to drain first. */
    private void request() {
        Subscription source = subscription();
        if (source != null && requested <= MAX_REQUESTED / 2 && stream.isWritable() && !stream.writableNeedDrain()) {
            int count = MAX_REQUESTED - requested;
            requested = MAX_REQUESTED;
            call(() -> source.request(count));
        }
    }

    private @Nullable Subscription subscription() {
        lock.lock();
        try {
            return subscription;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the subscription: the stream has finished or closed, or takes no more bytes. */
    private void finish() {
        Subscription source;
        lock.lock();
        try {
            source = subscription;
            subscription = null;
            over = true;
            left.clear();
        } finally {
            lock.unlock();
        }
        stream.offDrain(onDrain);
        stream.offFinish(onFinish);
        stream.offClose(onClose);
        stay.end();
        if (source != null) {
            call(source::cancel);
        }
    }

    /** Calls the subscription. What it throws, against rules 3.15 and 3.16, goes to the loop's uncaught handler. */
    private void call(Runnable request) {
        try {
            request.run();
        } catch (Throwable thrown) {
            stream.raise(thrown);
        }
    }
}
