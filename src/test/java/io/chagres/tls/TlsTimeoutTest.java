package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Times: of the handshake, and of idleness. */
@ConnectionTest
class TlsTimeoutTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("node:test-tls-timeout-server")
    void aClientThatSendsNoHelloIsAClientError(Loop loop) {
        TlsServer server = Tls.createServer(
                loop, Contexts.server().handshakeTimeout(Duration.ofMillis(20)), socket -> journal.add("secure"));
        server.onTlsClientError((error, socket) -> {
            journal.add(error.code());
            assertTrue(socket.isDestroyed());
            server.close();
        });
        server.listen(0, Local.HOST, null);
        try (Peer<String> client = Peer.client(server.address().port(), Talk::ending)) {
            loop.run();
        }
        journal.expect("ERR_TLS_HANDSHAKE_TIMEOUT");
    }

    /** Starts a server whose sockets are handed to {@code listener}, and connects a client that answers its end. */
    private TlsSocket connect(Loop loop, Consumer<TlsSocket> listener) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), listener);
        server.onSecureConnection(socket -> server.close());
        server.listen(0, Local.HOST, null);
        TlsSocket client = Tls.connect(
                loop,
                ConnectOptions.to(Local.HOST, server.address().port()),
                Contexts.client().requireCloseNotify(false),
                null);
        client.onClose(hadError -> journal.add("close " + hadError));
        return client.resume();
    }

    @Test
    @Covers("node:test-tls-request-timeout")
    void anIdleTlsSocketEmitsTimeout(Loop loop) {
        connect(loop, socket -> {
            assertSame(socket, socket.setTimeout(20));
            socket.onTimeout(() -> {
                journal.add("timeout");
                socket.setTimeout(0).end();
            });
            socket.resume();
        });
        loop.run();
        journal.expect("timeout", "close false");
    }

    @Test
    @Covers("node:test-tls-timeout-server-2")
    void aTimeoutListenerMayDestroy(Loop loop) {
        connect(loop, socket -> {
            assertSame(socket, socket.setTimeout(20).onTimeout(() -> {
                journal.add("timeout");
                socket.destroy();
            }));
            socket.resume();
        });
        loop.run();
        journal.expect("timeout", "close false");
    }

    @Test
    @Covers("node:test-tls-wrap-timeout")
    void trafficOfTlsRestartsTheIdleTimeoutOfTheSocketBelow(Loop loop, ManualClock clock) {
        TlsServerOptions patient = Contexts.server().handshakeTimeout(Duration.ZERO);
        TlsServer server = Tls.createServer(
                loop, patient, socket -> socket.onData(chunk -> Timer.after(loop, 50, () -> socket.write("hello"))));
        server.onSecureConnection(socket -> server.close());
        server.listen(0, Local.HOST, null);
        Socket below = Net.connect(
                loop,
                SocketOptions.defaults().allowHalfOpen(true),
                ConnectOptions.to(Local.HOST, server.address().port()));
        below.onTimeout(() -> journal.add("timeout"));
        TlsSocket client = TlsSocket.client(below, Contexts.client().servername("localhost"));
        client.onSecureConnect(() -> client.write("hello"));
        Timer ticking = Timer.every(loop, 10, () -> {}); // the clock moves by no more than this between two polls
        client.onClose(hadError -> ticking.close());
        client.onData(chunk -> {
            journal.add(Talk.text(chunk));
            if (client.timeoutMillis() == 0) {
                below.setTimeout(80);
                assertEquals(80, client.timeoutMillis());
            }
            if (journal.count("hello") < 5) {
                client.write("hello");
            } else {
                client.end();
            }
        });
        loop.run();
        journal.expect("hello", "hello", "hello", "hello", "hello");
        assertTrue(below.isDestroyed());
    }
}
