package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.Peer;
import io.chagres.fixture.TcpPair;
import io.chagres.fixture.Waits;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** libuv's ping-pong: a thousand times PING to a server that sends back the bytes that it gets. */
@ConnectionTest
class TcpPingPongTest {

    private static final int ROUNDS = 1000;
    private static final byte[] PING = "PING\n".getBytes(StandardCharsets.US_ASCII);

    private int pongs;
    private int place;
    private int written;
    private boolean closed;

    @ParameterizedTest
    @CsvSource({"127.0.0.1, false", "127.0.0.1, true", "::1, false", "::1, true"})
    @Covers({"libuv:tcp_ping_pong", "libuv:tcp_ping_pong_vec", "libuv:tcp6_ping_pong", "libuv:tcp6_ping_pong_vec"})
    void aThousandPingsOverTcpComeBackFromAnEchoServer(String host, boolean vectored, Loop loop) throws Exception {
        try (ServerSocket listener = Peer.listener(host, 0)) {
            Thread server = Thread.ofPlatform().daemon().start(() -> echo(listener));
            Tcp client = new Tcp(loop);
            client.connect(new SocketAddress(host, listener.getLocalPort()), error -> {
                assertNull(error);
                assertTrue(client.isReadable() && client.isWritable());
                play(client, vectored);
            });
            assertEquals(0, written, "the connect completes later");
            loop.run();
            Waits.join(server);
        }
        assertPlayed();
    }

    @Test
    @Covers("libuv:tcp_ping_pong")
    void aThousandPingsComeBackOverASocketPair(Loop loop) {
        Descriptor[] two = Descriptor.socketPair();
        Tcp client = new Tcp(loop);
        Tcp server = new Tcp(loop);
        client.open(two[0].fd());
        server.open(two[1].fd());
        server.readStart(TcpPair.reader(bytes -> server.write(bytes, ok()), server::close));
        play(client, false);
        loop.run();
        assertPlayed();
    }

    private void play(Tcp client, boolean vectored) {
        client.readStart(TcpPair.reader(
                bytes -> {
                    while (bytes.hasRemaining()) {
                        assertEquals(PING[place], bytes.get());
                        place = (place + 1) % PING.length;
                        if (place == 0 && ++pongs < ROUNDS) {
                            ping(client, vectored);
                        } else if (place == 0) {
                            client.close(() -> closed = true);
                        }
                    }
                },
                client::close));
        ping(client, vectored);
    }

    private void ping(Tcp client, boolean vectored) {
        if (!vectored) {
            client.write(ByteBuffer.wrap(PING), ok());
            return;
        }
        ByteBuffer[] letters = new ByteBuffer[PING.length];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = ByteBuffer.wrap(PING, i, 1);
        }
        client.write(letters, ok());
    }

    private Completion ok() {
        return error -> {
            assertNull(error);
            written++;
        };
    }

    private void assertPlayed() {
        assertEquals(ROUNDS, pongs);
        assertTrue(written >= ROUNDS);
        assertTrue(closed);
        assertFalse(place != 0);
    }

    private static void echo(ServerSocket listener) {
        try (Socket socket = listener.accept()) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
