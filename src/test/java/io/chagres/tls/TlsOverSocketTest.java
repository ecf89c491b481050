package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS over a socket that was made, connected, or used before. */
@ConnectionTest
class TlsOverSocketTest {

    private static final SocketOptions HALF_OPEN = SocketOptions.defaults().allowHalfOpen(true);

    private final Journal journal = new Journal();

    /** Starts a server that says "Hello" and ends. */
    private TlsServer greeting(Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> {
            socket.onError(error -> journal.add("server error " + error.code()));
            socket.resume().end("Hello");
        });
        return server.listen(0, Local.HOST, null);
    }

    private TlsSocket over(Socket below) {
        TlsSocket client = TlsSocket.client(below, Contexts.client().servername("localhost"));
        client.onData(chunk -> journal.add("data " + Talk.text(chunk)));
        client.onEnd(journal.note("end"));
        client.onError(error -> journal.add("error " + error.code()));
        client.onClose(hadError -> journal.add("close " + hadError));
        return client;
    }

    @Test
    @Covers("node:test-tls-connect-given-socket")
    void aSocketThatConnectsAndOneThatIsConnectedBecomeSecure(Loop loop) {
        TlsServer server = greeting(loop);
        int port = server.address().port();
        TlsSocket connecting = over(Local.connect(loop, port));
        assertTrue(connecting.isReadable());
        assertTrue(connecting.isWritable());
        connecting.onClose(hadError -> {
            Socket connected = Local.connect(loop, port);
            connected.onConnect(() -> over(connected).onClose(again -> server.close()));
        });
        loop.run();
        journal.expect("data Hello", "end", "close false", "data Hello", "end", "close false");
    }

    @Test
    @Covers("node:test-tls-connect-given-socket")
    void aTlsSocketThatIsDestroyedTakesTheSocketBelowWithIt(Loop loop) {
        TlsServer server = greeting(loop);
        Socket atOnce = Local.connect(loop, server.address().port());
        over(atOnce).destroy();
        Socket connected = Local.connect(loop, server.address().port());
        TlsSocket later = over(connected);
        connected.onConnect(later::destroy);
        connected.onClose(hadError -> server.close());
        loop.run();
        assertTrue(atOnce.isDestroyed());
        journal.expect("close false", "close false");
    }

    @Test
    @Covers("node:test-tls-on-empty-socket")
    void aSocketThatIsConnectedAfterwardsBecomesSecure(Loop loop) {
        TlsServer server = greeting(loop);
        Socket below = new Socket(loop, HALF_OPEN);
        over(below).onClose(hadError -> server.close());
        below.connect(server.address().port(), Local.HOST);
        loop.run();
        journal.expect("data Hello", "end", "close false");
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    @Covers({"node:test-tls-net-socket-keepalive", "node:test-tls-net-socket-keepalive-12"})
    void bytesAndAnEndFromBeforeTheConnectArrive(TlsVersion version, Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(options -> options.maxVersion(version)), socket -> {
            socket.onData(chunk -> journal.add("server data " + Talk.text(chunk)));
            socket.onEnd(journal.note("server end"));
            socket.onClose(hadError -> journal.add("server close " + hadError));
            socket.end("hello");
        });
        server.listen(0, Local.HOST, null);
        Socket below = new Socket(loop, HALF_OPEN);
        TlsSocket client = over(below);
        below.connect(server.address().port(), Local.HOST);
        client.onSecureConnect(journal.note("secure"));
        client.onClose(hadError -> server.close());
        client.write("hi");
        client.end();
        loop.run();
        journal.expectInAnyOrder(
                "secure", "server data hi", "server end", "server close false", "data hello", "end", "close false");
    }

    /** Starts a server of plain sockets for one connection, and returns its port. */
    private static int plain(Loop loop, Consumer<Socket> listener) {
        Server server = Net.createServer(
                loop, ServerOptions.defaults().allowHalfOpen(true).pauseOnConnect(true), listener);
        server.onConnection(socket -> server.close());
        return server.listen(0, Local.HOST).address().port();
    }

    @Test
    @Covers("node:test-tls-delayed-attach")
    void bytesThatHaveArrivedBeforeTlsWasAttachedAreReadFirst(Loop loop) {
        int port = plain(
                loop,
                socket -> Timer.after(loop, 20, () -> {
                    TlsSocket secure = TlsSocket.server(socket, Contexts.server());
                    secure.onData(chunk -> journal.add("server data " + Talk.text(chunk)));
                    secure.onEnd(journal.note("server end"));
                }));
        TlsSocket client = over(Net.connect(loop, HALF_OPEN, ConnectOptions.to(Local.HOST, port)));
        client.onSecureConnect(() -> client.end("hello world"));
        loop.run();
        journal.expectInAnyOrder("server data hello world", "server end", "end", "close false");
    }

    @Test
    @Covers({"node:test-tls-delayed-attach-error", "node:test-tls-socket-failed-handshake-emits-error"})
    void noiseThatHasArrivedBeforeTlsWasAttachedIsAnErrorOfTheTlsSocket(Loop loop) {
        int port = plain(
                loop,
                socket -> Timer.after(loop, 20, () -> {
                    TlsSocket secure = TlsSocket.server(socket, Contexts.server());
                    secure.onError(error -> journal.add(error.code()));
                    secure.onClose(hadError -> journal.add("close " + hadError));
                    secure.resume();
                }));
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, "*".repeat(1024));
            return Talk.ending(socket);
        })) {
            loop.run();
        }
        journal.expect("ERR_SSL_WRONG_VERSION_NUMBER", "close true");
    }

    /** Reads once, as text. */
    private static void onceRead(Socket socket, Consumer<String> listener) {
        socket.onData(new Consumer<>() {
            @Override
            public void accept(ByteBuffer bytes) {
                socket.offData(this);
                listener.accept(Talk.text(bytes).strip());
            }
        });
        socket.resume();
    }

    @Test
    @Covers("node:test-tls-over-http-tunnel")
    void aSocketThatHasTalkedPlainTextBecomesSecure(Loop loop) {
        TlsServer server = greeting(loop);
        int proxy = plain(
                loop,
                socket -> onceRead(socket, request -> {
                    journal.add(request);
                    Socket target = Net.connect(
                            loop,
                            HALF_OPEN,
                            ConnectOptions.to(Local.HOST, server.address().port()));
                    target.onConnect(() -> {
                        socket.write("HTTP/1.1 200 OK\r\n\r\n");
                        socket.pipe(target);
                        target.pipe(socket);
                    });
                }));
        Socket below = Net.connect(loop, HALF_OPEN, ConnectOptions.to(Local.HOST, proxy));
        below.write("CONNECT localhost:443 HTTP/1.1\r\n\r\n");
        onceRead(below, answer -> {
            journal.add(answer);
            over(below).onClose(hadError -> server.close());
        });
        loop.run();
        journal.expect("CONNECT localhost:443 HTTP/1.1", "HTTP/1.1 200 OK", "data Hello", "end", "close false");
    }

    @Test
    @Covers("node:test-tls-reuse-host-from-socket")
    void withoutANameTheServerCannotProveIt(Loop loop) {
        Socket below = new Socket(loop);
        UsageException mistake = assertThrows(UsageException.class, () -> TlsSocket.client(below, Contexts.client()));
        assertEquals("ERR_MISSING_ARGS", mistake.code());
        assertFalse(below.isDestroyed());
        below.destroy();
        loop.run();
    }

    @Test
    @Covers("node:test-tls-server-connection-server")
    void aConnectionKnowsItsServer(Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> {
            journal.add("secure");
            socket.resume();
        });
        server.server().onConnection(socket -> assertSame(server.server(), socket.server()));
        server.onSecureConnection(socket -> {
            assertSame(server.server(), socket.server());
            assertSame(socket, socket.socket().layer());
            server.close();
        });
        server.listen(0, Local.HOST, null);
        TlsSocket client = over(Local.connect(loop, server.address().port()));
        client.onSecureConnect(client::end);
        loop.run();
        journal.expectInAnyOrder("secure", "end", "close false");
    }
}
