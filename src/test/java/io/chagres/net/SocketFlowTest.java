package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.blocking.Futures;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.stream.Streams;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sockets as publishers and subscribers of the JDK's own code, bytes compared with what peers of java.net sent and received. */
@ExtendWith(HangGuard.class)
class SocketFlowTest {

    private static final byte[] NOISE = Talk.noise(5, 1 << 20);

    /** The body of a request comes from one socket, and the body of the response goes to another one. */
    @Test
    void aBodyGoesThroughTheHttpClientOfTheJdkFromSocketToSocket() {
        try (LoopThread io = Loop.start("io", own -> {});
                LoopThread http = Loop.start("http", own -> {});
                Peer<byte[]> origin = Peer.server(SocketFlowTest::send);
                Peer<byte[]> target = Peer.server(Talk::all);
                HttpClient client = HttpClient.newHttpClient()) {
            int port = Waits.get(Futures.call(http.loop(), () -> echo(http.loop())));
            Publisher<ByteBuffer> body =
                    Waits.get(Futures.connect(io.loop(), ConnectOptions.to(origin.port()), Streams::publisher));
            Subscriber<List<ByteBuffer>> sink =
                    Waits.get(Futures.connect(io.loop(), ConnectOptions.to(target.port()), Streams::listSubscriber));
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .version(HttpClient.Version.HTTP_1_1)
                    .POST(BodyPublishers.fromPublisher(body, NOISE.length))
                    .build();
            assertEquals(
                    200,
                    Waits.get(client.sendAsync(request, BodyHandlers.fromSubscriber(sink)))
                            .statusCode());
            assertArrayEquals(NOISE, target.result());
        }
    }

    private static byte[] send(java.net.Socket socket) throws Exception {
        Talk.send(socket, NOISE);
        return NOISE;
    }

    /** Listens, and answers each request with a body of {@link #NOISE}'s length with its body. Returns the port. */
    private static int echo(Loop loop) {
        Server server = Net.createServer(loop, socket -> {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            socket.onError(error -> {});
            socket.onData(chunk -> {
                if (!isWhole(head)) {
                    while (chunk.hasRemaining() && !isWhole(head)) {
                        head.write(chunk.get());
                    }
                    if (isWhole(head)) {
                        socket.write("HTTP/1.1 200 OK\r\nContent-Length: " + NOISE.length + "\r\n\r\n");
                    }
                }
                socket.write(chunk); // without back-pressure: the client sends its whole request first
            });
        });
        server.listen(0);
        return server.address().port();
    }

    private static boolean isWhole(ByteArrayOutputStream head) {
        return head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n");
    }

    @Test
    void aSubmissionPublisherWritesToASocketWithBackPressure() {
        try (LoopThread io = Loop.start("io", own -> {});
                Peer<byte[]> peer = Peer.server(Talk::all);
                SubmissionPublisher<ByteBuffer> source = new SubmissionPublisher<>()) {
            source.subscribe(
                    Waits.get(Futures.connect(io.loop(), ConnectOptions.to(peer.port()), Streams::subscriber)));
            for (int at = 0; at < NOISE.length; at += 1024) {
                source.submit(ByteBuffer.wrap(NOISE, at, 1024)); // waits while the subscriber requests nothing
            }
            source.close();
            assertArrayEquals(NOISE, peer.result());
        }
    }

    @Test
    void theChunksOfASocketBelongToItsSubscriberAndAreNeverReused() {
        try (LoopThread io = Loop.start("io", own -> {});
                Peer<byte[]> peer = Peer.server(SocketFlowTest::send)) {
            Publisher<ByteBuffer> source =
                    Waits.get(Futures.connect(io.loop(), ConnectOptions.to(peer.port()), Streams::publisher));
            Kept kept = new Kept();
            source.subscribe(kept);
            List<ByteBuffer> chunks = Waits.get(kept.all);
            ByteBuffer joined = ByteBuffer.allocate(NOISE.length);
            chunks.forEach(joined::put);
            assertEquals(ByteBuffer.wrap(NOISE), joined.flip());
        }
    }

    @Test
    void anEchoThroughBothBridgesOfOneSocketEndsWithItsPeer() {
        byte[] some = Arrays.copyOf(NOISE, 100_000);
        try (LoopThread io = Loop.start("io", own -> {})) {
            int port = Waits.get(Futures.call(io.loop(), () -> {
                Server server = Net.createServer(
                        io.loop(),
                        ServerOptions.defaults().allowHalfOpen(true),
                        socket -> Streams.publisher(socket).subscribe(Streams.subscriber(socket)));
                server.listen(0);
                return server.address().port();
            }));
            try (Peer<byte[]> peer = Peer.client(port, socket -> {
                Talk.send(socket, some);
                socket.shutdownOutput();
                return Talk.all(socket);
            })) {
                assertArrayEquals(some, peer.result());
            }
        }
    }

    /** A subscriber that requests one chunk after the other from another thread, and keeps all. */
    private static final class Kept implements Subscriber<ByteBuffer> {

        private final List<ByteBuffer> chunks = new ArrayList<>();
        final CompletableFuture<List<ByteBuffer>> all = new CompletableFuture<>();
        private Subscription subscription;

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription = subscription;
            subscription.request(1);
        }

        @Override
        public void onNext(ByteBuffer chunk) {
            chunks.add(chunk);
            Thread.startVirtualThread(() -> subscription.request(1));
        }

        @Override
        public void onError(Throwable thrown) {
            all.completeExceptionally(thrown);
        }

        @Override
        public void onComplete() {
            all.complete(chunks);
        }
    }
}
