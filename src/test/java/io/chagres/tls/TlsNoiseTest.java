package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import io.chagres.socket.SocketOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Peers that do not speak TLS, or stop to. */
@ConnectionTest
class TlsNoiseTest {

    private static final byte[] BAD_RECORD = {-1, -1, -1, -1, -1, -1};

    private final Journal journal = new Journal();

    /** A server that closes after its first client error. */
    private TlsServer server(Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> journal.add("secure"));
        server.onTlsClientError((error, socket) -> {
            assertTrue(socket.isDestroyed());
            assertNotNull(socket.remoteAddress());
            journal.add(error.code());
            server.close();
        });
        return server.listen(0, Local.HOST, null);
    }

    @Test
    @Covers({"node:test-tls-junk-closes-server", "node:test-tls-server-failed-handshake-emits-clienterror"})
    void aServerEndsAConnectionThatSendsNoise(Loop loop) {
        TlsServer server = server(loop);
        try (Peer<String> client = Peer.client(server.address().port(), socket -> {
            Talk.send(socket, "blah\nblah\nblah\n");
            return Talk.ending(socket);
        })) {
            loop.run();
            assertEquals("end", client.result());
        }
        journal.expect("ERR_SSL_WRONG_VERSION_NUMBER");
    }

    @Test
    @Covers("node:test-tls-hello-parser-failure")
    void aClientThatWritesAMegabyteOfNoiseIsCutOff(Loop loop) {
        TlsServer server = server(loop);
        byte[] bonkers = new byte[1 << 20];
        Arrays.fill(bonkers, (byte) 42);
        try (Peer<String> client = Peer.client(server.address().port(), socket -> {
            try {
                for (int i = 0; i < 100; i++) {
                    Talk.send(socket, bonkers);
                }
                return "all was taken";
            } catch (IOException cutOff) {
                return "cut off";
            }
        })) {
            loop.run();
            assertEquals("cut off", client.result());
        }
        journal.expect("ERR_SSL_WRONG_VERSION_NUMBER");
    }

    @Test
    @Covers("node:test-tls-junk-server")
    void aServerThatAnswersInPlainTextIsAnError(Loop loop) {
        int port = Local.once(
                loop,
                socket -> socket.onData(hello -> {
                    if (socket.isWritable()) {
                        socket.end("I was waiting for you, hello!");
                    }
                }));
        TlsSocket client = Tls.connect(loop, ConnectOptions.to(Local.HOST, port), Contexts.client(), null);
        client.onError(error -> journal.add(error.code()));
        client.onClose(hadError -> journal.add("close " + hadError));
        client.resume();
        loop.run();
        journal.expect("ERR_SSL_WRONG_VERSION_NUMBER", "close true");
    }

    /** Starts a server that echoes, for {@code count} connections. */
    private TlsServer echoing(int count, Loop loop) {
        int[] left = {count};
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> {
            socket.onError(error -> journal.add("server error " + error.code()));
            socket.pipe(socket);
        });
        server.onSecureConnection(socket -> {
            if (--left[0] == 0) {
                server.close();
            }
        });
        server.onTlsClientError((error, socket) -> journal.add("client error " + error.code()));
        return server.listen(0, Local.HOST, null);
    }

    @Test
    @Covers("node:test-tls-alert-handling")
    void noiseAfterTheHandshakeIsAnErrorOfThatConnectionOnly(Loop loop) {
        TlsServer server = echoing(2, loop);
        int port = server.address().port();
        TlsSocket good = Tls.connect(loop, ConnectOptions.to(Local.HOST, port), Contexts.client(), null);
        int[] rounds = {0};
        good.onError(error -> journal.add("good error " + error.code()));
        good.onData(chunk -> {
            if (++rounds[0] == 3) {
                sendNoise(loop, port);
            }
            if (rounds[0] < 20) {
                good.write("a");
            } else {
                good.end();
            }
        });
        good.onSecureConnect(() -> good.write("a"));
        loop.run();
        assertEquals(20, rounds[0]);
        journal.expectInAnyOrder(
                "server error ERR_SSL_PACKET_LENGTH_TOO_LONG", "bad error ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE");
    }

    private void sendNoise(Loop loop, int port) {
        Socket below =
                Net.connect(loop, SocketOptions.defaults().allowHalfOpen(true), ConnectOptions.to(Local.HOST, port));
        TlsSocket bad = TlsSocket.client(below, Contexts.client().servername("localhost"));
        bad.onError(error -> journal.add("bad error " + error.code()));
        bad.onSecureConnect(() -> bad.write("x"));
        bad.onData(chunk -> below.end(ByteBuffer.wrap(BAD_RECORD)));
    }

    /** A record that cannot be decrypted, while the server writes more than the client reads. */
    @Test
    @Covers("node:test-tls-write-error")
    void noiseWhileTheServerWritesFailsItsWrites(Loop loop) {
        byte[] illegal = new byte[64];
        illegal[0] = 23;
        illegal[1] = 3;
        illegal[2] = 3;
        illegal[4] = 59;
        TlsSocket[] client = new TlsSocket[1];
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> {
            socket.onError(error -> {
                journal.add("server error " + error.code());
                client[0].destroy();
            });
            socket.resume().socket().set(SocketOption.SO_SNDBUF, 64 * 1024);
            socket.write(ByteBuffer.allocate(2 << 20), error -> journal.add("written " + (error != null)));
        });
        server.onSecureConnection(socket -> server.close());
        server.listen(0, Local.HOST, null);
        Socket below = Local.connect(loop, server.address().port());
        client[0] = TlsSocket.client(below, Contexts.client().servername("localhost"));
        client[0].onSecureConnect(() -> {
            client[0].pause();
            loop.execute(() -> below.write(ByteBuffer.wrap(illegal))); // after the last message of the handshake
        });
        loop.run();
        journal.expectInAnyOrder("written true", "server error ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC");
        assertFalse(server.server().isListening());
    }
}
