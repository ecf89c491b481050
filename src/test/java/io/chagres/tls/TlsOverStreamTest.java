package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Garbage;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** TLS over streams of the user's, and over TLS. */
@ConnectionTest
class TlsOverStreamTest {

    private static final TlsClientOptions CLIENT = Contexts.client().servername("localhost");

    private final Journal journal = new Journal();

    @Test
    @Covers("node:test-tls-generic-stream")
    void twoStreamsInMemoryCarryTls(Loop loop) {
        MemoryPair pair = new MemoryPair(loop);
        TlsSocket client = TlsSocket.client(pair.client(), CLIENT);
        TlsSocket server = TlsSocket.server(pair.server(), Contexts.server());
        assertNull(client.socket());
        assertNull(client.remoteAddress());
        server.onText(StandardCharsets.UTF_8, text -> journal.add("server " + text));
        server.onEnd(journal.note("server end"));
        client.onSecureConnect(() -> {
            client.write(Talk.buffer("foobar"), error -> {
                journal.add("written " + error);
                client.end();
            });
            assertTrue(client.writableLength() > 0);
        });
        client.onClose(hadError -> assertEquals(0, client.writableLength()));
        client.resume();
        loop.run();
        journal.expectInAnyOrder("written null", "server foobar", "server end");
        assertTrue(client.isClosed());
        assertTrue(server.isClosed());
    }

    /** A stream over a socket, as a user makes one. */
    private static final class Relay extends Duplex {

        private final Socket raw;

        Relay(Socket raw) {
            super(raw.loop(), DuplexOptions.defaults().allowHalfOpen(true));
            this.raw = raw;
            raw.onData(chunk -> {
                if (!push(chunk)) {
                    raw.pause();
                }
            });
            raw.onEnd(this::pushEnd);
            raw.onClose(hadError -> destroy());
        }

        @Override
        protected void doRead() {
            raw.resume();
        }

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            raw.write(data, done);
        }

        @Override
        protected void doFinal(Completion done) {
            raw.end(done);
        }

        @Override
        protected void doDestroy(ChagresException error, Completion done) {
            raw.destroy();
            done.onComplete(error);
        }
    }

    @Test
    @Covers("node:test-tls-connect-stream-writes")
    void fiftyWritesOverAStreamArriveInOrder(Loop loop) {
        StringBuilder sent = new StringBuilder();
        StringBuilder received = new StringBuilder();
        TlsServer server = Tls.createServer(
                loop, Contexts.server(), socket -> socket.onText(StandardCharsets.UTF_8, received::append));
        server.listen(0, Local.HOST, null);
        Relay relay = new Relay(Local.connect(loop, server.address().port()));
        TlsSocket client = TlsSocket.client(relay, CLIENT);
        client.onSecureConnect(() -> {
            for (int i = 0; i < 50; i++) {
                String content = "hello world " + i;
                client.write(content);
                sent.append(content);
            }
            client.end();
            server.close();
        });
        client.resume();
        loop.run();
        assertEquals(sent.toString(), received.toString());
    }

    @Test
    @Covers("node:test-tls-js-stream")
    void aConversationOverAStreamEndsAndCloses(Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> {
            socket.onText(StandardCharsets.UTF_8, text -> journal.add("server " + text));
            socket.end("ohai");
        });
        server.listen(0, Local.HOST, null);
        TlsSocket client =
                TlsSocket.client(new Relay(Local.connect(loop, server.address().port())), CLIENT);
        client.onText(StandardCharsets.UTF_8, text -> journal.add("client " + text));
        client.onSecureConnect(() -> client.end("hello"));
        client.onClose(hadError -> {
            journal.add("client close " + hadError);
            server.close();
        });
        loop.run();
        journal.expectInAnyOrder("server hello", "client ohai", "client close false");
    }

    @Test
    @Covers("node:test-tls-streamwrap-buffersize")
    void theBytesThatWaitAreCountedOverAStreamToo(Loop loop) {
        MemoryPair pair = new MemoryPair(loop);
        TlsSocket client = TlsSocket.client(pair.client(), CLIENT);
        TlsSocket server = TlsSocket.server(pair.server(), Contexts.server());
        StringBuilder received = new StringBuilder();
        server.onText(StandardCharsets.UTF_8, received::append);
        client.onSecureConnect(() -> {
            for (int i = 1; i < 10; i++) {
                client.write("a");
                assertEquals(i, client.writableLength());
            }
            client.end();
        });
        client.onClose(hadError -> journal.add("close " + client.writableLength()));
        client.resume();
        loop.run();
        assertEquals("a".repeat(9), received.toString());
        journal.expect("close 0");
    }

    @Test
    @Covers("node:test-tls-destroy-whilst-write")
    void aTlsSocketIsDestroyedWhileTheStreamBelowWrites(Loop loop) {
        Duplex slow = new Duplex(loop, DuplexOptions.defaults()) {
            @Override
            protected void doRead() {}

            @Override
            protected void doWrite(ByteBuffer data, Completion done) {
                journal.add("pending");
                loop().execute(() -> {
                    journal.add("done");
                    done.onComplete(null);
                });
            }
        };
        TlsSocket client = TlsSocket.client(slow, CLIENT);
        client.onError(error -> journal.add("error " + error.code()));
        client.onClose(hadError -> journal.add("close " + hadError));
        slow.onClose(hadError -> journal.add("slow close " + hadError));
        loop.nextTick(() -> loop.nextTick(() -> loop.nextTick(client::destroy)));
        client.resume();
        loop.run();
        journal.expect("pending", "slow close false", "close false", "done");
    }

    @Test
    @Covers("node:test-tls-transport-destroy-after-own-gc")
    void aTlsSocketAndItsStreamThatNothingRefersToAreCollected(Loop loop) {
        Garbage garbage = new Garbage();
        forget(loop, garbage);
        loop.run();
        garbage.expectCollected();
    }

    private static void forget(Loop loop, Garbage garbage) {
        MemoryPair pair = garbage.watch("pair", new MemoryPair(loop));
        garbage.watch("client", TlsSocket.client(pair.client(), CLIENT)).resume();
        garbage.watch(
                        "server",
                        TlsSocket.server(pair.server(), Contexts.server().handshakeTimeout(Duration.ZERO)))
                .resume();
    }

    @Test
    @Covers("node:test-tls-inception")
    void tlsInsideTlsThroughAProxyIsExact(Loop loop) {
        String body = "A".repeat(40_000);
        TlsServer target = Tls.createServer(
                loop, Contexts.server(), socket -> socket.resume().end(body));
        target.listen(0, Local.HOST, null);
        TlsServer proxy = Tls.createServer(loop, Contexts.server(), socket -> {
            Socket onward = Net.connect(
                    loop,
                    SocketOptions.defaults().allowHalfOpen(true),
                    ConnectOptions.to(Local.HOST, target.address().port()));
            onward.pipe(socket);
            socket.pipe(onward);
        });
        proxy.listen(0, Local.HOST, null);
        StringBuilder received = new StringBuilder();
        ConnectOptions where = ConnectOptions.to(Local.HOST, proxy.address().port());
        TlsSocket outer = Tls.connect(loop, where, CLIENT.allowHalfOpen(true), null);
        TlsSocket inner = TlsSocket.client(outer, CLIENT);
        inner.onText(StandardCharsets.UTF_8, received::append);
        inner.onError(error -> journal.add("error " + error));
        inner.onClose(hadError -> {
            journal.add("close " + hadError);
            proxy.close();
            target.close();
        });
        loop.run();
        assertEquals(body, received.toString());
        journal.expect("close false");
        assertFalse(inner.socket() == null);
    }
}
