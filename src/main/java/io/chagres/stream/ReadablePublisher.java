package io.chagres.stream;

import io.chagres.ChagresException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The publisher of {@link Streams#publisher}, and the subscription of its one subscriber. The stream is read by hand on the loop thread, one
 * chunk for each element that the subscriber has requested. So a stream without demand buffers up to its high-water mark, and then its source
 * is asked for no more.
 *
 * <p>{@code request} and {@code cancel} only note that they were called, and ask for a {@link Turn}. Neither of them calls the subscriber, so
 * no recursion grows.
 *
 * <p>The numbers in the comments are those of the rules of Reactive Streams 1.0.4.
 */
final class ReadablePublisher implements Publisher<ByteBuffer>, Subscription {

    /** A source that always has bytes must not keep the loop from its other events. */
    private static final int MAX_CHUNKS_A_TURN = 64;

    private final Duplex stream;
    private final ReentrantLock lock = new ReentrantLock();
    private final Turn turn;
    private final Runnable onReadable = this::readable;

    // guarded by the lock
    private @Nullable Subscriber<? super ByteBuffer> subscriber; // dropped at the end (3.13)
    private boolean taken; // there is or was a subscriber
    private boolean over; // no signal follows, to a later subscriber either
    private @Nullable ChagresException error;

    // written by any thread
    private final AtomicLong demand = new AtomicLong();
    private volatile @Nullable IllegalArgumentException
            refusal; // of a request that was not positive; set before cancelled
    private volatile boolean cancelled;

    // of the loop thread
    private boolean begun; // onSubscribe was called
    private boolean calling; // the subscriber is being called
    private boolean resting; // after a full turn, until the next one that was asked for

    private ReadablePublisher(Duplex stream) {
        this.stream = stream;
        turn = new Turn(stream.core, this::turn);
    }

    /** Returns the publisher of {@code readable}, which is read by hand from now on. */
    static Publisher<ByteBuffer> of(Readable readable) {
        Duplex stream = (Duplex) readable;
        stream.checkThread();
        ReadablePublisher publisher = new ReadablePublisher(stream);
        new Stay(stream, "publisher", publisher.lock, () -> publisher.finish(Finished.prematureClose())).begin();
        stream.onReadable(publisher.onReadable);
        Streams.finishedReading(stream, publisher::finish);
        return publisher;
    }

    // ---- on any thread

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber"); // 1.9
        Throwable reason;
        lock.lock();
        try {
            if (!taken && !over) {
                taken = true;
                this.subscriber = subscriber;
                turn.ask(); // under the lock: the stream has not ended, so the loop will see it
                return;
            }
            reason = taken ? new IllegalStateException("the stream has a subscriber, and it can have only one") : error;
            taken = true;
        } finally {
            lock.unlock();
        }
        subscriber.onSubscribe(new Ended()); // 1.9: before any other signal
        end(subscriber, reason);
    }

    @Override
    public void request(long count) {
        if (cancelled) {
            return; // 3.6
        }
        if (count > 0) {
            demand.accumulateAndGet(count, (asked, more) -> asked + more < 0 ? Long.MAX_VALUE : asked + more); // 3.17
        } else {
            refusal = new IllegalArgumentException(
                    "request(" + count + "): the number must be positive (rule 3.9 of Reactive Streams)");
            cancelled = true;
        }
        if (!stream.core.isLoopThread() || !calling) { // a turn that is calling the subscriber looks again
            turn.ask();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        turn.ask();
    }

    private static void end(Subscriber<?> subscriber, @Nullable Throwable reason) {
        if (reason == null) {
            subscriber.onComplete();
        } else {
            subscriber.onError(reason);
        }
    }

    // ---- on the loop thread

    private void readable() {
        if (!resting) {
            turn();
        }
    }

    /** Does what was requested since the last turn. Called when there are bytes or the end, too. */
    private void turn() {
        resting = false;
        Subscriber<? super ByteBuffer> receiver = subscriber();
        if (receiver == null || calling) {
            return;
        }
        begin(receiver);
        serve(receiver);
        if (cancelled) {
            giveUp();
        } else if (stream.reading.length() == 0) {
            stream.pull(); // an end without bytes before it needs no demand
        }
    }

    private @Nullable Subscriber<? super ByteBuffer> subscriber() {
        lock.lock();
        try {
            return subscriber;
        } finally {
            lock.unlock();
        }
    }

    private void begin(Subscriber<? super ByteBuffer> receiver) {
        if (!begun) {
            begun = true;
            call(() -> receiver.onSubscribe(this));
        }
    }

    private void serve(Subscriber<? super ByteBuffer> receiver) {
        for (int left = MAX_CHUNKS_A_TURN; !cancelled && demand.get() > 0; left--) {
            if (left == 0) {
                resting = true;
                turn.askLater();
                return;
            }
            ByteBuffer chunk = next();
            if (chunk == null) {
                return;
            }
            demand.updateAndGet(asked -> asked == Long.MAX_VALUE ? asked : asked - 1);
            call(() -> receiver.onNext(chunk));
        }
    }

    private @Nullable ByteBuffer next() {
        return stream.reading.hasDataListeners() ? stream.read() : stream.reading.read(ReadableState.NEXT);
    }

    /** Calls the subscriber. One that throws has cancelled (2.13), and what it throws goes to the loop's uncaught handler. */
    private void call(Runnable signal) {
        calling = true;
        try {
            signal.run();
        } catch (Throwable thrown) {
            cancelled = true;
            stream.raise(thrown);
        } finally {
            calling = false;
        }
    }

    /** Ends the subscription and destroys the stream: the subscriber has cancelled, or has requested a wrong number. */
    private void giveUp() {
        Subscriber<? super ByteBuffer> receiver = finishSubscription(null);
        if (receiver != null) {
            stream.destroy();
            IllegalArgumentException reason = refusal;
            if (reason != null) {
                call(() -> receiver.onError(reason));
            }
        }
    }

    /** Called when the stream has ended or failed, or its loop is closed. */
    private void finish(@Nullable ChagresException error) {
        stream.offReadable(onReadable);
        Subscriber<? super ByteBuffer> receiver = subscriber();
        if (receiver != null) {
            begin(receiver);
        }
        if (cancelled) {
            giveUp();
        } else if (finishSubscription(error) != null && receiver != null) {
            call(() -> end(receiver, error));
        }
    }

    private @Nullable Subscriber<? super ByteBuffer> finishSubscription(@Nullable ChagresException reason) {
        lock.lock();
        try {
            Subscriber<? super ByteBuffer> last = subscriber;
            subscriber = null;
            if (!over) {
                over = true;
                error = reason;
            }
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** The subscription of a subscriber that comes too late: it has ended before it has begun. */
    private static final class Ended implements Subscription {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    }
}
