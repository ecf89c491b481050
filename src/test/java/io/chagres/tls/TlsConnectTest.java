package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.address.Family;
import io.chagres.address.HostLookup;
import io.chagres.address.LookupOptions.Hint;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Garbage;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketOption;
import io.chagres.stream.AbortController;
import io.chagres.stream.Streams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that connect, or fail to. */
@ConnectionTest
class TlsConnectTest {

    private final Journal journal = new Journal();

    /** Starts a server for {@code count} connections that answers an end with an end. */
    private static TlsServer serving(int count, Loop loop) {
        int[] left = {count};
        TlsServer[] server = new TlsServer[1];
        server[0] = Tls.createServer(loop, Contexts.server(), socket -> {
            socket.resume();
            if (--left[0] == 0) {
                server[0].close();
            }
        });
        return server[0];
    }

    private static ConnectOptions to(TlsServer server) {
        return ConnectOptions.to(Local.HOST, server.address().port());
    }

    /** Writes the events of {@code client} into the journal. */
    private TlsSocket watched(TlsSocket client) {
        client.onSecureConnect(journal.note("secure"));
        client.onError(error -> journal.add("error " + error.code()));
        client.onClose(hadError -> journal.add("close " + hadError));
        return client;
    }

    @Test
    @Covers("node:test-tls-connect-simple")
    void aCallbackAndAListenerAreCalledOnceSecure(Loop loop) {
        TlsServer server = serving(2, loop);
        server.server().onClose(journal.note("server closed"));
        server.listen(0, Local.HOST, null);
        TlsSocket[] first = new TlsSocket[1];
        first[0] = Tls.connect(loop, server.address().port(), Local.HOST, () -> journal.add("untrusted"));
        first[0].onError(error -> {}).resume();
        first[0] = Tls.connect(loop, to(server), Contexts.client(), () -> {
            assertTrue(first[0].isSecure());
            journal.add("callback");
            first[0].end();
        });
        assertFalse(first[0].isSecure());
        first[0].resume();
        TlsSocket second = Tls.connect(loop, to(server), Contexts.client(), null);
        second.onSecureConnect(() -> {
            journal.add("listener");
            second.end();
        });
        second.resume();
        loop.run();
        assertEquals(1, journal.count("callback"));
        assertEquals(1, journal.count("listener"));
        assertEquals(1, journal.count("server closed"));
        assertEquals(0, journal.count("untrusted"));
    }

    @Test
    @Covers("node:test-tls-connect-pipe")
    void aUnixSocketCarriesTls(Loop loop, @TempDir Path folder) {
        String path = folder.resolve("socket").toString();
        TlsServer server = serving(1, loop);
        server.server().listen(path);
        TlsClientOptions options = Contexts.client().servername("localhost");
        TlsSocket client = watched(Tls.connect(loop, ConnectOptions.toPath(path), options, null));
        client.onSecureConnect(client::end);
        client.resume();
        loop.run();
        journal.expect("secure", "close false");
    }

    @Test
    @Covers("node:test-tls-connect-address-family")
    void theFamilyIsHonoured(Loop loop) {
        TlsServer server = serving(1, loop);
        server.listen(0, "::1", null);
        HostLookup both = (host, options, done) -> {
            assertEquals(Family.IPV6, options.family());
            done.accept(List.of(HostLookup.Address.of("::1")), null);
        };
        ConnectOptions where = ConnectOptions.to("localhost", server.address().port())
                .family(Family.IPV6)
                .lookup(both);
        TlsSocket client = watched(Tls.connect(loop, where, Contexts.client(), null));
        client.onSecureConnect(() -> {
            assertEquals("::1", client.remoteAddress().address());
            client.end();
        });
        client.resume();
        loop.run();
        journal.expect("secure", "close false");
    }

    @Test
    @Covers({"node:test-tls-connect-hints-option", "node:test-tls-lookup"})
    void theLookupOfTheUserGetsTheHints(Loop loop) {
        HostLookup lookup = (host, options, done) -> {
            assertEquals(Set.of(Hint.AI_ALL, Hint.AI_V4MAPPED), options.hints());
            journal.add("lookup of " + host);
            done.accept(null, new ChagresException("ENOTFOUND", "no such host"));
        };
        ConnectOptions where = ConnectOptions.to("localhost", 42)
                .hints(Hint.AI_ALL, Hint.AI_V4MAPPED)
                .lookup(lookup);
        watched(Tls.connect(loop, where, Contexts.client(), null)).resume();
        loop.run();
        journal.expect("lookup of localhost", "error ENOTFOUND", "close true");
    }

    @Test
    @Covers("node:test-tls-connect-timeout-option")
    void theTimeoutOfTheConnectIsTheIdleTimeout(Loop loop) {
        ConnectOptions where =
                ConnectOptions.to("localhost", 42).timeoutMillis(1000).lookup((host, options, done) -> {});
        TlsSocket client = Tls.connect(loop, where, Contexts.client(), null);
        assertEquals(1000, client.timeoutMillis());
        client.destroy();
        loop.run();
    }

    @Test
    @Covers("node:test-tls-connect-hwm-option")
    void theHighWaterMarkIsThatOfTheReadableSide(Loop loop) {
        for (int mark : new int[] {128_000, 0}) {
            BothSides.of(
                            loop,
                            Contexts.server(),
                            Contexts.client().highWaterMark(mark),
                            pair -> assertEquals(mark, pair.client().readableHighWaterMark()))
                    .expectNoErrors();
        }
        BothSides.of(
                        loop,
                        Contexts.server(),
                        Contexts.client(),
                        pair -> assertEquals(65_536, pair.client().readableHighWaterMark()))
                .expectNoErrors();
    }

    @Test
    @Covers("node:test-tls-connect-keepalive-nodelay")
    void theOptionsOfTheSocketBelowAreSet(Loop loop) {
        SocketOptions options =
                SocketOptions.defaults().noDelay(true).keepAlive(KeepAlive.every(Duration.ofSeconds(1)));
        for (boolean with : new boolean[] {true, false}) {
            TlsServer server = serving(1, loop);
            server.listen(0, Local.HOST, null);
            Socket below = Net.connect(loop, with ? options : SocketOptions.defaults(), to(server));
            TlsSocket client = watched(TlsSocket.client(below, Contexts.client().servername("localhost")));
            client.onSecureConnect(() -> {
                assertEquals(with, client.socket().get(SocketOption.TCP_NODELAY));
                assertEquals(with, client.socket().get(SocketOption.KEEP_ALIVE).isOn());
                client.end();
            });
            client.resume();
            loop.run();
            journal.expect("secure", "close false");
        }
    }

    @Test
    @Covers("node:test-tls-connect-abort-controller")
    void aSignalAbortsAConnectAtAnyTime(Loop loop) {
        TlsServer server = Tls.createServer(
                loop, Contexts.server(), socket -> socket.onError(error -> {}).resume());
        server.onTlsClientError((error, socket) -> {});
        server.listen(0, Local.HOST, null);
        for (String when : List.of("before", "at once", "a turn later", "once secure")) {
            AbortController controller = new AbortController();
            if (when.equals("before")) {
                controller.abort();
            }
            TlsSocket client = Tls.connect(loop, to(server), Contexts.client(), controller::abort);
            client.onError(error -> journal.add("error " + error.code()));
            client.onClose(hadError -> journal.add("close " + hadError));
            Streams.addAbortSignal(controller.signal(), client);
            switch (when) {
                case "at once" -> controller.abort();
                case "a turn later" -> loop.execute(controller::abort);
                default -> {}
            }
            client.onClose(hadError -> loop.stop());
            client.resume();
            loop.run();
            journal.expect("error ABORT_ERR", "close true");
            assertEquals(0, controller.signal().listeners());
        }
        server.close();
        loop.run();
    }

    @Test
    @Covers("node:test-tls-client-abort")
    void aClientThatIsDestroyedAtOnceCallsNoListenerButClose(Loop loop) {
        int port = Peer.deadPort();
        TlsSocket client = watched(
                Tls.connect(loop, ConnectOptions.to(Local.HOST, port), Contexts.client(), journal.note("secure")));
        client.destroy();
        loop.run();
        journal.expect("close false");
    }

    @Test
    @Covers({"node:test-tls-client-abort2", "node:test-tls-connect"})
    void aRefusedConnectIsOneErrorAlsoIfItsListenerDestroys(Loop loop) {
        ConnectOptions where = ConnectOptions.to(Local.HOST, Peer.deadPort());
        TlsSocket client = watched(Tls.connect(loop, where, Contexts.client(), journal.note("secure")));
        client.onError(error -> client.destroy()).resume();
        loop.run();
        journal.expect("error ECONNREFUSED", "close true");
    }

    @Test
    @Covers("node:test-tls-tlswrap-segfault-2")
    void aSessionListenerAfterTheCloseIsNeverCalled(Loop loop, @TempDir Path folder) {
        ConnectOptions nowhere = ConnectOptions.toPath(folder.resolve("nothing").toString());
        TlsSocket client = watched(Tls.connect(loop, nowhere, Contexts.client().servername("localhost"), null));
        client.onClose(hadError -> client.onSession(session -> journal.add("session")));
        client.resume();
        loop.run();
        journal.expect("error ENOENT", "close true");
    }

    @Test
    @Covers("node:test-tls-connect-memleak")
    void theCallbackCanBeCollectedAfterUse(Loop loop) {
        Garbage garbage = new Garbage();
        TlsServer server = serving(1, loop);
        server.listen(0, Local.HOST, null);
        TlsSocket client = Tls.connect(loop, to(server), Contexts.client(), garbage.watch("callback", stopping(loop)));
        client.resume();
        loop.run();
        assertTrue(client.isSecure());
        garbage.expectCollected();
        client.end();
        loop.run();
    }

    private static Runnable stopping(Loop loop) {
        Object kept = new Object();
        return () -> {
            assertFalse(kept.equals(loop));
            loop.stop();
        };
    }
}
