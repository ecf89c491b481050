package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.ServerOptions;
import io.chagres.socket.SocketOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Reads: paused and resumed, as text, and given up. */
@ConnectionTest
class TlsReadTest {

    private final Journal journal = new Journal();

    private static TlsSocket connect(Loop loop, Consumer<TlsSocket> listener) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), listener);
        server.onSecureConnection(socket -> server.close());
        server.listen(0, Local.HOST, null);
        ConnectOptions where = ConnectOptions.to(Local.HOST, server.address().port());
        return Tls.connect(loop, where, Contexts.client(), null);
    }

    @Test
    @Covers("node:test-tls-pause")
    void aPausedClientGetsEverythingOnceItIsResumed(Loop loop) {
        TlsSocket client = connect(loop, socket -> socket.pipe(socket));
        ByteBuffer chunk = ByteBuffer.allocate(1 << 20);
        boolean[] resumed = {false};
        long[] sent = {0};
        client.onData(data -> {
            assertTrue(resumed[0], "data while paused");
            if (client.bytesRead() == sent[0]) {
                client.end();
            }
        });
        client.onSecureConnect(() -> {
            client.pause();
            boolean more;
            do {
                more = client.write(chunk.duplicate());
                sent[0] += chunk.remaining();
            } while (more);
            loop.execute(() -> {
                resumed[0] = true;
                client.resume();
            });
        });
        client.onClose(hadError -> journal.add("close " + hadError));
        loop.run();
        assertEquals(sent[0], client.bytesRead());
        journal.expect("close false");
    }

    @Test
    @Covers("node:test-tls-set-encoding")
    void textIsDecodedWithTheCharsetOfTheListener(Loop loop) {
        String message = "x\u221aab c";
        TlsSocket client = connect(loop, socket -> socket.resume().end(message));
        StringBuilder ascii = new StringBuilder();
        client.onText(StandardCharsets.US_ASCII, ascii::append);
        client.onClose(hadError -> journal.add("close " + hadError));
        loop.run();
        assertEquals(new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.US_ASCII), ascii.toString());
        journal.expect("close false");
    }

    @Test
    @Covers("node:test-tls-use-after-free-regression")
    void aSocketThatIsDestroyedInADataListenerGetsNoMoreData(Loop loop) {
        TlsSocket client = connect(loop, socket -> {
            socket.onError(error -> {});
            socket.resume();
            for (int i = 0; i < 8; i++) {
                socket.write(ByteBuffer.allocate(64 * 1024));
            }
        });
        client.onData(chunk -> {
            journal.add("data");
            client.destroy();
        });
        client.onClose(hadError -> journal.add("close " + hadError));
        loop.run();
        journal.expect("data", "close false");
    }

    @Test
    @Covers("node:test-tls-server-parent-constructor-options")
    void theOptionsOfTheServerReachItsSockets(Loop loop) {
        TlsServer server = Tls.createServer(
                loop,
                ServerOptions.defaults().pauseOnConnect(true).noDelay(true),
                Contexts.server().allowHalfOpen(true),
                socket -> {
                    assertEquals(true, socket.socket().get(SocketOption.TCP_NODELAY));
                    socket.onText(StandardCharsets.UTF_8, text -> journal.add("server " + text));
                    socket.onEnd(() -> loop.execute(() -> {
                        assertTrue(socket.isWritable());
                        socket.end("late");
                    }));
                });
        server.onSecureConnection(socket -> server.close());
        server.listen(0, Local.HOST, null);
        ConnectOptions where = ConnectOptions.to(Local.HOST, server.address().port());
        TlsSocket client = Tls.connect(loop, where, Contexts.client().allowHalfOpen(true), null);
        client.onData(chunk -> journal.add("client " + Talk.text(chunk)));
        client.onSecureConnect(() -> client.end("hi"));
        loop.run();
        journal.expect("server hi", "client late");
    }
}
