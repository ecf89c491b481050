package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that end before they are secure. */
@ConnectionTest
class TlsBeforeSecureTest {

    private final Journal journal = new Journal();
    private final List<ChagresException> errors = new ArrayList<>();

    /** A server that ends each connection at once. */
    private static Server ending(Loop loop) {
        return Net.createServer(loop, socket -> socket.resume().end());
    }

    private void expectReset(Loop loop, Server server, TlsSocket client) {
        client.onError(errors::add);
        client.onClose(hadError -> {
            journal.add("close " + hadError);
            server.close();
        });
        client.resume();
        loop.run();
        journal.expect("close true");
        assertEquals("ECONNRESET", errors.get(0).code());
        assertEquals(
                "Client network socket disconnected before secure TLS connection was established",
                errors.get(0).getMessage());
    }

    @Test
    @Covers({"node:test-tls-wrap-econnreset", "node:test-tls-wrap-econnreset-localaddress"})
    void anEndBeforeTheHandshakeIsEconnresetAndTheSocketKnowsItsPeer(Loop loop) {
        Server server = ending(loop);
        int port = server.listen(0, Local.HOST).address().port();
        ConnectOptions where = ConnectOptions.to(Local.HOST, port).localAddress(Local.HOST);
        TlsSocket client = Tls.connect(loop, where, Contexts.client(), null);
        expectReset(loop, server, client);
        assertEquals(port, client.remoteAddress().port());
        assertEquals(Local.HOST, client.remoteAddress().address());
    }

    @Test
    @Covers("node:test-tls-wrap-econnreset-pipe")
    void anEndBeforeTheHandshakeIsEconnresetOverAUnixSocketToo(Loop loop, @TempDir Path folder) {
        String path = folder.resolve("socket").toString();
        Server server = ending(loop).listen(path);
        ConnectOptions where = ConnectOptions.toPath(path);
        expectReset(loop, server, Tls.connect(loop, where, Contexts.client().servername("localhost"), null));
    }

    @Test
    @Covers("node:test-tls-wrap-econnreset-socket")
    void anEndBeforeTheHandshakeIsEconnresetOverAGivenSocketToo(Loop loop) {
        Server server = ending(loop);
        int port = server.listen(0, Local.HOST).address().port();
        Socket below = new Socket(loop);
        TlsSocket client = TlsSocket.client(below, Contexts.client().servername("localhost"));
        below.connect(port, Local.HOST);
        expectReset(loop, server, client);
    }

    @Test
    @Covers("node:test-tls-econnreset")
    void aClientThatLeavesBeforeItsHelloIsAClientError(Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> journal.add("secure"));
        server.onTlsClientError((error, socket) -> {
            errors.add(error);
            assertTrue(socket.isDestroyed());
            assertNotNull(socket.server());
            server.close();
        });
        server.listen(0, Local.HOST, null);
        try (Peer<String> client = Peer.client(server.address().port(), socket -> "gone")) {
            loop.run();
        }
        assertEquals(1, errors.size());
        assertEquals("ECONNRESET", errors.get(0).code());
        assertEquals(0, journal.count("secure"));
    }

    @Test
    @Covers("node:test-tls-handshake-exception")
    void anExceptionOfAConnectionListenerIsReportedAndTheServerGoesOn(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("uncaught " + thrown.getMessage()));
        int[] arrived = {0};
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> {
            socket.onError(error -> {});
            if (++arrived[0] == 1) {
                throw new IllegalStateException("eyecatcher");
            }
            socket.resume();
        });
        server.listen(0, Local.HOST, null);
        ConnectOptions where = ConnectOptions.to(Local.HOST, server.address().port());
        for (int i = 1; i <= 2; i++) {
            TlsSocket client = Tls.connect(loop, where, Contexts.client(), null);
            client.onError(error -> {});
            client.onSecureConnect(client::end);
            client.onClose(hadError -> loop.stop());
            client.resume();
            loop.run();
        }
        assertEquals(2, arrived[0]);
        journal.expect("uncaught eyecatcher");
        server.close();
        loop.run();
    }
}
