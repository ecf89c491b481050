package io.chagres.stream;

import io.chagres.blocking.Futures;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Waits;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;

/** Streams.subscriber under the TCK of Reactive Streams 1.0.4. */
@ExtendWith(HangGuard.class)
class SubscriberTckTest {

    private static LoopThread thread;

    @BeforeAll
    static void start() {
        thread = Loop.start("tck-subscriber", own -> {});
    }

    @AfterAll
    static void stop() {
        thread.close();
    }

    @TestFactory
    Stream<DynamicTest> fromOutside() {
        return TckRules.of(Blackbox::new, Set.of());
    }

    @TestFactory
    Stream<DynamicTest> fromInside() {
        return TckRules.of(Whitebox::new, Set.of());
    }

    /** A stream that takes everything at once. */
    private static final class Sink extends Duplex {

        Sink(Loop loop) {
            super(loop, DuplexOptions.defaults().readable(false));
            onError(error -> {}); // that of the publisher
        }

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            done.onComplete(null);
        }
    }

    private static Sink sink() {
        return Waits.get(Futures.call(thread.loop(), () -> new Sink(thread.loop())));
    }

    private static Subscriber<ByteBuffer> subscriber(Sink sink) {
        return Waits.get(Futures.call(thread.loop(), () -> Streams.subscriber(sink)));
    }

    private static ByteBuffer element(int number) {
        return ByteBuffer.allocate(4).putInt(0, number);
    }

    /** Public for the reflection of {@link TckRules}. */
    public static final class Blackbox extends FlowSubscriberBlackboxVerification<ByteBuffer> {

        Blackbox(long sleepMillis) {
            super(TckRules.environment(sleepMillis));
        }

        @Override
        public Subscriber<ByteBuffer> createFlowSubscriber() {
            return subscriber(sink());
        }

        @Override
        public ByteBuffer createElement(int number) {
            return element(number);
        }
    }

    /** Public for the reflection of {@link TckRules}. */
    public static final class Whitebox extends FlowSubscriberWhiteboxVerification<ByteBuffer> {

        Whitebox(long sleepMillis) {
            super(TckRules.environment(sleepMillis));
        }

        @Override
        protected Subscriber<ByteBuffer> createFlowSubscriber(WhiteboxSubscriberProbe<ByteBuffer> probe) {
            Sink sink = sink();
            return new Probed(subscriber(sink), sink, probe);
        }

        @Override
        public ByteBuffer createElement(int number) {
            return element(number);
        }
    }

    /** A subscriber that also calls the probe of the TCK, which can cancel: the stream is destroyed then. */
    private record Probed(Subscriber<ByteBuffer> subscriber, Sink sink, WhiteboxSubscriberProbe<ByteBuffer> probe)
            implements Subscriber<ByteBuffer>, SubscriberPuppet {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscriber.onSubscribe(subscription);
            probe.registerOnSubscribe(this);
        }

        @Override
        public void onNext(ByteBuffer element) {
            subscriber.onNext(element);
            probe.registerOnNext(element);
        }

        @Override
        public void onError(Throwable thrown) {
            subscriber.onError(thrown);
            probe.registerOnError(thrown);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
            probe.registerOnComplete();
        }

        /** Does nothing: the subscriber requests by itself. */
        @Override
        public void triggerRequest(long elements) {}

        @Override
        public void signalCancel() {
            sink.loop().execute(sink::destroy);
        }
    }
}
