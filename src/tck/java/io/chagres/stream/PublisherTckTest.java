package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.blocking.Futures;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.Flow.Publisher;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.tck.flow.FlowPublisherVerification;

/** Streams.publisher under the TCK of Reactive Streams 1.0.4, with sources that push inside doRead and sources that push later. */
@ExtendWith(HangGuard.class)
class PublisherTckTest {

    private static final Set<String> FOR_SEVERAL_SUBSCRIBERS = Set.of(
            "optional_spec111_maySupportMultiSubscribe",
            "optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingOneByOne",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfront",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfrontAndCompleteAsExpected");

    private static LoopThread thread;

    @BeforeAll
    static void start() {
        thread = Loop.start("tck-publisher", own -> {});
    }

    @AfterAll
    static void stop() {
        thread.close();
    }

    @TestFactory
    Stream<DynamicTest> aSourceThatPushesInsideDoRead() {
        return TckRules.of(sleepMillis -> new Verification(false, sleepMillis), FOR_SEVERAL_SUBSCRIBERS);
    }

    @TestFactory
    Stream<DynamicTest> aSourceThatPushesLater() {
        return TckRules.of(sleepMillis -> new Verification(true, sleepMillis), FOR_SEVERAL_SUBSCRIBERS);
    }

    /** A stream of single bytes. */
    private static final class Bytes extends Duplex {

        private final boolean later;
        private long left;

        Bytes(Loop loop, long count, boolean later) {
            super(loop, DuplexOptions.defaults().highWaterMark(2).writable(false));
            left = count;
            this.later = later;
        }

        @Override
        protected void doRead() {
            if (later) {
                loop().execute(this::pushNext);
            } else {
                pushNext();
            }
        }

        private void pushNext() {
            if (left == 0) {
                pushEnd();
            } else {
                left--;
                push(ByteBuffer.allocate(1));
            }
        }
    }

    /** Public for the reflection of {@link TckRules}. */
    public static final class Verification extends FlowPublisherVerification<ByteBuffer> {

        private final boolean later;

        Verification(boolean later, long sleepMillis) {
            super(TckRules.environment(sleepMillis), sleepMillis);
            this.later = later;
        }

        @Override
        public Publisher<ByteBuffer> createFlowPublisher(long elements) {
            return Waits.get(
                    Futures.call(thread.loop(), () -> Streams.publisher(new Bytes(thread.loop(), elements, later))));
        }

        @Override
        public Publisher<ByteBuffer> createFailedFlowPublisher() {
            return Waits.get(Futures.call(thread.loop(), () -> {
                Bytes stream = new Bytes(thread.loop(), 1, later);
                Publisher<ByteBuffer> publisher = Streams.publisher(stream);
                stream.destroy(new ChagresException("EX", "planned"));
                return publisher;
            }));
        }
    }
}
