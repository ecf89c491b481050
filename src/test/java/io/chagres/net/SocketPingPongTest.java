package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both sides ours: a thousand rounds, and many clients that come again. */
@ConnectionTest
class SocketPingPongTest {

    private static final int ROUNDS = 1000;

    private int pings;
    private int pongs;
    private int closed;

    @ParameterizedTest
    @CsvSource({"127.0.0.1, false", "127.0.0.1, true", "::1, false", "::1, true"})
    @Covers("node:test-net-pingpong")
    void aThousandRoundsThenBothEndInTheirTurn(String host, boolean halfOpen, Loop loop) {
        Server server = Net.createServer(
                loop, ServerOptions.defaults().allowHalfOpen(halfOpen), socket -> serve(socket, halfOpen));
        server.listen(0, host);
        server.onConnection(socket -> {
            assertEquals(1, server.connectionCount());
            server.close();
        });
        Socket client = Net.connect(loop, server.address().port(), host);
        client.onConnect(() -> client.write("PING"));
        client.onData(chunk -> {
            assertEquals("PONG", Talk.text(chunk));
            assertTrue(client.isReadable() && client.isWritable());
            if (++pongs == ROUNDS) {
                client.end();
                assertFalse(client.isWritable());
                assertTrue(client.isReadable());
            } else {
                client.write("PING");
            }
        });
        client.onClose(this::close);
        loop.run();
        assertEquals(ROUNDS, pings);
        assertEquals(ROUNDS, pongs);
        assertEquals(2, closed);
        assertEquals(4L * ROUNDS, client.bytesRead());
        assertEquals(4L * ROUNDS, client.bytesWritten());
    }

    private void serve(Socket socket, boolean halfOpen) {
        socket.onData(chunk -> {
            assertEquals("PING", Talk.text(chunk));
            pings++;
            assertTrue(socket.write("PONG"));
        });
        socket.onEnd(() -> {
            assertFalse(socket.isReadable());
            assertTrue(socket.isWritable());
            if (halfOpen) {
                socket.end();
            }
        });
        socket.onClose(this::close);
    }

    private void close(boolean hadError) {
        assertFalse(hadError);
        closed++;
    }

    @Test
    @Covers("node:test-net-many-clients")
    void fiftyClientsThreeTimesEach(Loop loop) {
        int bytes = 40 * 1024;
        int connections = 150;
        int[] got = {0};
        int port = Local.times(connections, loop, ServerOptions.defaults(), socket -> {
            socket.resume();
            socket.end(ByteBuffer.allocate(bytes));
            socket.onClose(this::close);
        });
        for (int i = 0; i < 50; i++) {
            comeAgain(loop, port, 3, got);
        }
        loop.run();
        assertEquals(connections * bytes, got[0]);
        assertEquals(2 * connections, closed);
    }

    private void comeAgain(Loop loop, int port, int times, int[] got) {
        if (times > 0) {
            Socket client = Local.connect(loop, port);
            client.onData(chunk -> got[0] += chunk.remaining());
            client.onClose(hadError -> {
                close(hadError);
                comeAgain(loop, port, times - 1, got);
            });
        }
    }
}
