package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams.publisher on the loop thread, and what the TCK does not ask. */
@ExtendWith(LoopFixture.class)
class PublisherTest {

    private final Journal journal = new Journal();
    private MemoryDuplex stream;

    @BeforeEach
    void create(Loop loop) {
        stream = MemoryDuplex.readable(loop, 4);
    }

    /** A subscriber that writes each signal into the journal, and requests {@code first} elements and then as {@code onNext} says. */
    private class Noting implements Subscriber<ByteBuffer> {

        final long first;
        Subscription subscription;
        Consumer<ByteBuffer> onNext = chunk -> {};

        Noting(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription = subscription;
            if (first > 0) {
                subscription.request(first);
            }
        }

        @Override
        public void onNext(ByteBuffer chunk) {
            journal.add(Talk.text(chunk));
            onNext.accept(chunk);
        }

        @Override
        public void onError(Throwable thrown) {
            journal.add(thrown instanceof ChagresException error ? error.code() : thrown.toString());
        }

        @Override
        public void onComplete() {
            journal.add("complete");
        }
    }

    private Noting subscribe(long first) {
        Noting subscriber = new Noting(first);
        Streams.publisher(stream).subscribe(subscriber);
        return subscriber;
    }

    /** Runs all that is due, without waiting. */
    private static void turn(Loop loop) {
        loop.run(RunMode.NOWAIT);
    }

    @Test
    void anElementIsAChunkAsItWasPushed(Loop loop) {
        stream.push("abc");
        stream.push("de");
        stream.push("f");
        stream.pushNoMore();
        subscribe(3);
        loop.run();
        journal.expect("abc", "de", "f", "complete");
    }

    @Test
    void withoutDemandTheStreamBuffersUpToItsMark(Loop loop) {
        stream.source = () -> stream.push("xy");
        Noting subscriber = subscribe(1);
        turn(loop);
        journal.expect("xy");
        assertEquals(4, stream.readableLength());
        subscriber.subscription.request(2);
        turn(loop);
        journal.expect("xy", "xy");
        subscriber.subscription.cancel();
        loop.run();
        journal.expect();
    }

    @Test
    void theEndNeedsNoDemand(Loop loop) {
        Noting subscriber = subscribe(1);
        stream.push("a");
        turn(loop);
        stream.pushNoMore();
        loop.run();
        journal.expect("a", "complete");
        subscriber.subscription.request(1);
        subscriber.subscription.request(0);
        subscriber.subscription.cancel();
        turn(loop);
        journal.expect();
    }

    @Test
    void theEndOfAStreamThatWasEmptyNeedsNoDemand(Loop loop) {
        stream.pushNoMore();
        subscribe(0);
        loop.run();
        journal.expect("complete");
    }

    @Test
    void aStreamThatIsReadToItsEndWithoutASubscriberIsNotOver(Loop loop) {
        Publisher<ByteBuffer> publisher = Streams.publisher(stream);
        stream.push("a");
        stream.pushNoMore();
        turn(loop);
        assertFalse(stream.isReadableEnded());
        publisher.subscribe(new Noting(1));
        loop.run();
        journal.expect("a", "complete");
    }

    @Test
    void anErrorOfTheStreamIsOnErrorAndCountsAsReceived(Loop loop) {
        subscribe(1);
        turn(loop);
        stream.destroy(new ChagresException("EX", "planned"));
        loop.run();
        journal.expect("EX");
    }

    @Test
    void aCloseBeforeTheEndIsAnError(Loop loop) {
        subscribe(1);
        turn(loop);
        stream.destroy();
        loop.run();
        journal.expect("ERR_STREAM_PREMATURE_CLOSE");
    }

    @Test
    void aCloseOfTheLoopIsAnError() {
        try (Loop own = new Loop()) {
            stream = MemoryDuplex.readable(own, 4);
            subscribe(1);
            turn(own);
        }
        journal.expect("ERR_STREAM_PREMATURE_CLOSE");
    }

    @Test
    void aSecondSubscriberIsRefusedAndTheFirstGoesOn(Loop loop) {
        Publisher<ByteBuffer> publisher = Streams.publisher(stream);
        publisher.subscribe(new Noting(2));
        publisher.subscribe(new Noting(2));
        journal.expect("java.lang.IllegalStateException: the stream has a subscriber, and it can have only one");
        stream.push("a");
        stream.pushNoMore();
        loop.run();
        journal.expect("a", "complete");
    }

    @Test
    void aFirstSubscriberAfterTheEndIsCalledOnItsOwnThread(Loop loop) throws Exception {
        Publisher<ByteBuffer> publisher = Streams.publisher(stream);
        stream.destroy(new ChagresException("EX", "planned"));
        loop.run();
        Waits.join(Thread.startVirtualThread(() -> publisher.subscribe(new Noting(1))));
        journal.expect("EX");
        publisher.subscribe(new Noting(1));
        journal.expect("java.lang.IllegalStateException: the stream has a subscriber, and it can have only one");
    }

    @Test
    void aCancelDestroysTheStream(Loop loop) {
        Noting subscriber = subscribe(1);
        stream.push("a");
        stream.push("b");
        subscriber.onNext = chunk -> subscriber.subscription.cancel();
        loop.run();
        journal.expect("a");
        assertTrue(stream.isDestroyed());
    }

    @Test
    void aCancelAfterTheEndLeavesTheWritingSideOpen(Loop loop) {
        stream = new MemoryDuplex(loop, DuplexOptions.defaults().allowHalfOpen(true));
        Noting subscriber = subscribe(1);
        stream.pushNoMore();
        turn(loop);
        journal.expect("complete");
        subscriber.subscription.cancel();
        turn(loop);
        assertTrue(stream.isWritable());
        stream.end();
        loop.run();
    }

    @Test
    void aRequestOfZeroIsAnErrorAndDestroysTheStream(Loop loop) {
        Noting subscriber = subscribe(1);
        turn(loop);
        subscriber.subscription.request(0);
        subscriber.subscription.request(1);
        stream.push("a");
        loop.run();
        journal.expect(
                "java.lang.IllegalArgumentException: request(0): the number must be positive (rule 3.9 of Reactive Streams)");
        assertTrue(stream.isDestroyed());
    }

    @Test
    void aSubscriberThatThrowsHasCancelled(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        Noting subscriber = subscribe(2);
        subscriber.onNext = chunk -> {
            throw new IllegalStateException("planned");
        };
        stream.push("a");
        stream.push("b");
        loop.run();
        journal.expect("a", "uncaught planned");
        assertTrue(stream.isDestroyed());
    }

    @Test
    void requestsInsideOnNextDoNotNest(Loop loop) {
        int[] depth = {0, 0};
        int[] count = {0};
        stream.source = () -> {
            if (count[0]++ < 10_000) {
                stream.push(ByteBuffer.allocate(1));
            } else {
                stream.pushNoMore();
            }
        };
        Noting subscriber = new Noting(1) {
            @Override
            public void onNext(ByteBuffer chunk) {
                depth[0]++;
                depth[1] = Math.max(depth[0], depth[1]);
                subscription.request(1);
                depth[0]--;
            }
        };
        Streams.publisher(stream).subscribe(subscriber);
        loop.run();
        journal.expect("complete");
        assertEquals(1, depth[1]);
    }

    @Test
    void aSourceThatAlwaysHasBytesLeavesTheLoopTimeForOtherEvents(Loop loop) {
        stream.source = () -> stream.push(ByteBuffer.allocate(1));
        Noting subscriber = new Noting(Long.MAX_VALUE) {
            @Override
            public void onNext(ByteBuffer chunk) {
                subscription.request(1);
            }
        };
        Streams.publisher(stream).subscribe(subscriber);
        turn(loop);
        loop.execute(() -> subscriber.subscription.cancel());
        loop.run();
        assertTrue(stream.isDestroyed());
    }

    @Test
    void dataListenersBesideThePublisherGetViews(Loop loop) {
        stream.onData(chunk -> journal.add("beside " + Talk.text(chunk.position(1))));
        Noting subscriber = subscribe(1);
        stream.push("ab");
        turn(loop);
        journal.expect("beside b", "ab");
        subscriber.subscription.cancel();
        loop.run();
    }

    @Test
    void requestsAndACancelOfAnotherThreadReachTheLoop(Loop loop) throws Exception {
        stream.source = () -> loop.execute(() -> stream.push("x"));
        Publisher<ByteBuffer> publisher = Streams.publisher(stream);
        Thread other = Thread.startVirtualThread(() -> {
            Noting subscriber = new Noting(1);
            int[] left = {100};
            subscriber.onNext = chunk -> Thread.startVirtualThread(
                    left[0]-- > 0 ? () -> subscriber.subscription.request(1) : subscriber.subscription::cancel);
            publisher.subscribe(subscriber);
        });
        loop.run();
        Waits.join(other);
        assertEquals(101, journal.count("x"));
    }

    @Test
    void badArgumentsAreRefused(Loop loop) throws Exception {
        assertThrows(UsageException.class, () -> Streams.publisher(null));
        Publisher<ByteBuffer> publisher = Streams.publisher(stream);
        assertThrows(NullPointerException.class, () -> publisher.subscribe(null));
        Waits.join(Thread.startVirtualThread(
                () -> assertThrows(WrongThreadException.class, () -> Streams.publisher(stream))));
        stream.destroy();
        loop.run();
    }
}
