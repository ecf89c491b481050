package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams.subscriber on the loop thread, and what the TCK does not ask. */
@ExtendWith(LoopFixture.class)
class SubscriberTest {

    private final Journal journal = new Journal();
    private MemoryDuplex stream;
    private Subscriber<ByteBuffer> subscriber;

    @BeforeEach
    void create(Loop loop) {
        stream = MemoryDuplex.writable(loop, 4);
        subscriber = Streams.subscriber(stream);
    }

    /** A subscription that writes its calls into the journal. */
    private final class Noted implements Subscription {
        @Override
        public void request(long count) {
            journal.add("request " + count);
        }

        @Override
        public void cancel() {
            journal.add("cancel");
        }
    }

    private void next(String text) {
        subscriber.onNext(Talk.buffer(text));
    }

    /** Runs all that is due, without waiting. */
    private static void turn(Loop loop) {
        loop.run(RunMode.NOWAIT);
    }

    @Test
    void chunksAreWrittenInOrderAndOnCompleteEndsTheStream(Loop loop) {
        stream.watched();
        subscriber.onSubscribe(new Noted());
        next("a");
        next("b");
        subscriber.onComplete();
        loop.run();
        stream.journal.expect("[a]", "[b]", "final", "finish", "close false");
        journal.expect();
    }

    @Test
    void noElementIsRequestedWhileTheStreamMustDrain(Loop loop) {
        stream.holds = true;
        subscriber.onSubscribe(new Noted());
        turn(loop);
        journal.expect("request 8");
        next("full");
        next("more");
        next("more");
        next("more");
        turn(loop);
        journal.expect();
        stream.completeAll();
        turn(loop);
        journal.expect("request 4");
        stream.holds = false;
        subscriber.onComplete();
        loop.run();
    }

    @Test
    void elementsAreRequestedAgainOnceHalfOfThemIsWritten(Loop loop) {
        subscriber.onSubscribe(new Noted());
        turn(loop);
        next("a");
        next("b");
        next("c");
        turn(loop);
        journal.expect("request 8");
        next("d");
        turn(loop);
        journal.expect("request 4");
        subscriber.onComplete();
        loop.run();
    }

    @Test
    void chunksThatArriveTogetherAreWrittenTogether(Loop loop) {
        stream.vectored = true;
        subscriber.onSubscribe(new Noted());
        turn(loop);
        next("a");
        next("b");
        turn(loop);
        next("c");
        subscriber.onComplete();
        loop.run();
        stream.journal.expect("[a|b]", "[c]", "final");
    }

    @Test
    void theChunksOfAListAreWrittenTogether(Loop loop) {
        stream.destroy();
        stream = MemoryDuplex.writable(loop, 4);
        stream.vectored = true;
        Subscriber<List<ByteBuffer>> lists = Streams.listSubscriber(stream);
        lists.onSubscribe(new Noted());
        lists.onNext(List.of(Talk.buffer("a"), Talk.buffer("b")));
        lists.onComplete();
        loop.run();
        stream.journal.expect("[a|b]", "final");
    }

    @Test
    void positionAndLimitAreReadDuringOnNext(Loop loop) {
        subscriber.onSubscribe(new Noted());
        ByteBuffer chunk = Talk.buffer("abc");
        chunk.position(1);
        subscriber.onNext(chunk);
        assertEquals(1, chunk.position());
        chunk.position(3);
        subscriber.onComplete();
        loop.run();
        stream.journal.expect("[bc]", "final");
    }

    @Test
    void anErrorOfThePublisherDestroysTheStreamWithIt(Loop loop) {
        stream.onError(
                error -> journal.add(error.code() + " " + error.getCause().getMessage()));
        subscriber.onSubscribe(new Noted());
        subscriber.onError(new IllegalStateException("planned"));
        loop.run();
        journal.expect("ERR_UNHANDLED_ERROR planned");
    }

    @Test
    void aChagresExceptionOfThePublisherIsTheErrorOfTheStream(Loop loop) {
        ChagresException planned = new ChagresException("EX", "planned");
        stream.onError(error -> assertSame(planned, error));
        subscriber.onSubscribe(new Noted());
        subscriber.onError(planned);
        loop.run();
        assertSame(planned, stream.errored());
    }

    @Test
    void anErrorOfTheStreamCancelsAndGoesToItsListeners(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        stream.holds = true;
        subscriber.onSubscribe(new Noted());
        next("a");
        turn(loop);
        stream.fail("EX");
        loop.run();
        journal.expect("request 8", "uncaught EX", "cancel");
        next("b");
        subscriber.onComplete();
        turn(loop);
        journal.expect();
    }

    @Test
    void anEndByAnotherCallerCancels(Loop loop) {
        subscriber.onSubscribe(new Noted());
        turn(loop);
        stream.end("last");
        next("late");
        loop.run();
        journal.expect("request 8", "cancel");
        stream.journal.expect("[last]", "final");
    }

    @Test
    void aStreamThatHasEndedCancelsAtOnce(Loop loop) {
        stream.end();
        Streams.subscriber(stream).onSubscribe(new Noted());
        journal.expect("cancel");
        loop.run();
        subscriber.onSubscribe(new Noted());
        journal.expect("cancel");
    }

    @Test
    void aCloseOfTheLoopCancels(Loop loop) {
        stream.destroy();
        try (Loop own = new Loop()) {
            Streams.subscriber(MemoryDuplex.writable(own, 4)).onSubscribe(new Noted());
            turn(own);
        }
        journal.expect("request 8", "cancel");
        loop.run();
    }

    @Test
    void aSecondSubscriptionIsCancelled(Loop loop) {
        subscriber.onSubscribe(new Noted());
        subscriber.onSubscribe(new Noted());
        journal.expect("cancel");
        subscriber.onComplete();
        subscriber.onSubscribe(new Noted());
        journal.expect("cancel");
        loop.run();
    }

    @Test
    void aSubscriptionThatThrowsIsReportedAndTheStreamGoesOn(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        subscriber.onSubscribe(new Subscription() {
            @Override
            public void request(long count) {
                throw new IllegalStateException("planned");
            }

            @Override
            public void cancel() {}
        });
        turn(loop);
        journal.expect("uncaught planned");
        next("a");
        subscriber.onComplete();
        loop.run();
        stream.journal.expect("[a]", "final");
    }

    @Test
    void memoryOfAClosedArenaDestroysTheStream(Loop loop) {
        stream.onError(error -> journal.add(error.code()));
        subscriber.onSubscribe(new Noted());
        try (Arena arena = Arena.ofShared()) {
            subscriber.onNext(arena.allocate(4).asByteBuffer());
        }
        loop.run();
        journal.expect("ERR_UNHANDLED_ERROR", "cancel");
    }

    /** A publisher that calls onNext inside request, without a guard against recursion. */
    @Test
    void aPublisherThatAnswersInsideRequestDoesNotNest(Loop loop) {
        int[] left = {20_000};
        int[] written = {0};
        stream.destroy();
        Duplex counting = new Duplex(loop, DuplexOptions.defaults().readable(false)) {
            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                written[0]++;
                done.onComplete(null);
            }
        };
        Subscriber<ByteBuffer> target = Streams.subscriber(counting);
        target.onSubscribe(new Subscription() {
            @Override
            public void request(long count) {
                for (long i = 0; i < count && left[0] > 0; i++) {
                    left[0]--;
                    target.onNext(ByteBuffer.allocate(1));
                }
                if (left[0] == 0) {
                    target.onComplete();
                }
            }

            @Override
            public void cancel() {}
        });
        loop.run();
        assertEquals(20_000, written[0]);
    }

    @Test
    void elementsOfChangingThreadsKeepTheirOrder(Loop loop) throws Exception {
        subscriber.onSubscribe(new Noted());
        Waits.join(Thread.startVirtualThread(() -> next("a")));
        next("b");
        Waits.join(Thread.startVirtualThread(() -> next("c")));
        subscriber.onComplete();
        loop.run();
        stream.journal.expect("[a]", "[b]", "[c]", "final");
    }

    @Test
    void badArgumentsAreRefused(Loop loop) throws Exception {
        assertThrows(UsageException.class, () -> Streams.subscriber(null));
        assertThrows(UsageException.class, () -> Streams.listSubscriber(null));
        assertThrows(NullPointerException.class, () -> subscriber.onNext(null));
        Waits.join(Thread.startVirtualThread(
                () -> assertThrows(WrongThreadException.class, () -> Streams.subscriber(stream))));
        assertFalse(stream.isDestroyed());
        subscriber.onComplete();
        loop.run();
        assertTrue(stream.isWritableFinished());
    }
}
