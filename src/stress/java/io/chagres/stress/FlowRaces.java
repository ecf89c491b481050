package io.chagres.stress;

import io.chagres.ChagresException;
import io.chagres.blocking.Futures;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import io.chagres.stream.Streams;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The races of the bridges to {@code java.util.concurrent.Flow}: what other threads call against the loop thread, and against its end. */
final class FlowRaces {

    private static final int BYTES = 90;
    private static final int LIMIT_SECONDS = 20;

    private FlowRaces() {}

    /** Requests of three threads bring each byte once, one signal at a time, and then the end. */
    static void requestAgainstRequest() throws Exception {
        try (LoopThread io = Loop.start("raced", loop -> {})) {
            Bytes stream = bytes(io);
            Counting subscriber = new Counting();
            publisher(io, stream).subscribe(subscriber);
            Races.together(List.of(subscriber::request, subscriber::request, subscriber::request));
            Races.require("complete".equals(subscriber.end()), "the end was " + subscriber.end());
            Races.require(subscriber.received.get() == BYTES, subscriber.received + " of " + BYTES + " bytes");
        }
    }

    /** After a cancel the stream closes, and after an error there is one signal and no more. */
    static void requestAgainstTheEnd(boolean cancel) throws Exception {
        try (LoopThread io = Loop.start("raced", loop -> {})) {
            Bytes stream = bytes(io);
            Counting subscriber = new Counting();
            publisher(io, stream).subscribe(subscriber);
            Races.together(List.of(subscriber::request, () -> {
                if (cancel) {
                    subscriber.subscription.join().cancel();
                } else {
                    io.execute(() -> stream.destroy(new ChagresException("EX", "planned")));
                }
            }));
            if (cancel) {
                Futures.await(Futures.close(stream));
            } else {
                subscriber.end();
            }
        }
    }

    /** A subscriber that arrives while the loop is closed gets its signals all the same. */
    static void subscribeAgainstClose() throws Exception {
        LoopThread io = Loop.start("raced", loop -> {});
        Publisher<ByteBuffer> publisher = publisher(io, bytes(io));
        Counting subscriber = new Counting();
        Races.together(List.of(() -> publisher.subscribe(subscriber), subscriber::request, io::close));
        subscriber.end();
    }

    /** All that a publisher passes arrives at a sink on another loop, or the subscription is cancelled by the close of this loop. */
    static void publisherAgainstSubscriber(boolean close) throws Exception {
        LoopThread from = Loop.start("raced", loop -> {});
        LoopThread to = Loop.start("raced", loop -> {});
        Bytes stream = bytes(from);
        Sink sink = Futures.await(Futures.call(to.loop(), () -> new Sink(to.loop())));
        Subscriber<ByteBuffer> subscriber = Futures.await(Futures.call(to.loop(), () -> Streams.subscriber(sink)));
        publisher(from, stream).subscribe(subscriber);
        if (close) {
            to.close();
            Futures.await(Futures.close(stream));
        } else {
            sink.closed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            Races.require(sink.received == BYTES, sink.received + " of " + BYTES + " bytes");
        }
        to.close();
        from.close();
    }

    private static Bytes bytes(LoopThread io) throws Exception {
        return Futures.await(Futures.call(io.loop(), () -> new Bytes(io.loop())));
    }

    private static Publisher<ByteBuffer> publisher(LoopThread io, Duplex stream) throws Exception {
        return Futures.await(Futures.call(io.loop(), () -> Streams.publisher(stream)));
    }

    /** A stream of single bytes, which are pushed later. */
    private static final class Bytes extends Duplex {

        private int left = BYTES;

        Bytes(Loop loop) {
            super(loop, DuplexOptions.defaults().highWaterMark(3).writable(false));
        }

        @Override
        protected void doRead() {
            tick(() -> {
                if (left-- > 0) {
                    push(ByteBuffer.allocate(1));
                } else {
                    pushEnd();
                }
            });
        }
    }

    /** A stream that completes each second write later. */
    private static final class Sink extends Duplex {

        final CompletableFuture<Void> closed = new CompletableFuture<>();
        volatile int received;

        Sink(Loop loop) {
            super(loop, DuplexOptions.defaults().highWaterMark(3).readable(false));
            onClose(hadError -> closed.complete(null));
        }

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            received += data.remaining();
            if (received % 2 == 0) {
                done.onComplete(null);
            } else {
                tick(() -> done.onComplete(null));
            }
        }
    }

    /** A subscriber that finds signals which overlap, follow the end or were not requested. */
    private static final class Counting implements Subscriber<ByteBuffer> {

        final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
        final AtomicInteger received = new AtomicInteger();
        private final CompletableFuture<String> end = new CompletableFuture<>();
        private final AtomicLong requested = new AtomicLong();
        private final AtomicInteger inside = new AtomicInteger();

        void request() {
            Subscription known =
                    subscription.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
            for (int i = 0; i < BYTES / 2; i++) {
                requested.incrementAndGet();
                known.request(1);
            }
        }

        /** Waits for the end, and returns it. */
        String end() throws Exception {
            String how = end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            Races.require(!how.startsWith("forbidden"), how);
            return how;
        }

        private void signal(Runnable work) {
            if (inside.getAndIncrement() != 0) {
                end.obtrudeValue("forbidden: two signals at a time");
            }
            work.run();
            inside.decrementAndGet();
        }

        private void end(String how) {
            signal(() -> {
                if (!end.complete(how)) {
                    end.obtrudeValue("forbidden: two ends");
                }
            });
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            signal(() -> this.subscription.complete(subscription));
        }

        @Override
        public void onNext(ByteBuffer chunk) {
            signal(() -> {
                if (received.incrementAndGet() > requested.get() || end.isDone()) {
                    end.obtrudeValue("forbidden: a chunk that was not requested, or after the end");
                }
            });
        }

        @Override
        public void onError(Throwable thrown) {
            end("error");
        }

        @Override
        public void onComplete() {
            end("complete");
        }
    }
}
