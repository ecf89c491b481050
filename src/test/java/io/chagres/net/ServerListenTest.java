package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.socket.Tcp;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ConnectionTest
class ServerListenTest {

    private final Journal journal = new Journal();
    private Server server;

    @Test
    @Covers({"S66", "S79", "S77", "S85"})
    void theAddressIsKnownAtOnceAndTheListeningEventComesOnATick(Loop loop) {
        server = server(loop);
        server.onListening(journal.note("listening"));
        assertSame(server, server.listen(0, Local.HOST, journal.note("callback")));
        assertTrue(server.isListening());
        assertEquals(Local.HOST, server.address().address());
        assertTrue(server.address().port() > 0);
        journal.expect();
        server.onListening(server::close);
        loop.run();
        journal.expect("callback", "listening");
    }

    @Test
    @Covers("S70")
    void aTextThatIsANumberIsAPortAndAnyOtherAPath(Loop loop) {
        for (String zero : List.of("0", "0x0")) {
            Server numbered = Net.createServer(loop).listen(zero);
            assertTrue(numbered.address().port() > 0);
            numbered.close();
        }
        for (String port : List.of("65536", "99999999999999999999", "0x10000")) {
            UsageException refused = assertThrows(
                    UsageException.class, () -> Net.createServer(loop).listen(port));
            assertEquals("ERR_SOCKET_BAD_PORT", refused.code());
            assertEquals("port should be >= 0 and < 65536. Received '" + port + "'.", refused.getMessage());
            assertThrows(UsageException.class, () -> Net.connect(loop, port));
        }
        UsageException refused = assertThrows(UsageException.class, () -> ListenOptions.atPath("9297"));
        assertEquals("ERR_INVALID_ARG_VALUE", refused.code());
        assertEquals(
                "The property 'options.path' is a number. Received '9297': at() is for a port, and './9297' is a path",
                refused.getMessage());
        loop.run();
    }

    @Test
    @Covers("S70")
    void aTextConnectsToThePortThatItIs(Loop loop) {
        AtomicInteger clients = new AtomicInteger();
        Server listening = Net.createServer(loop);
        listening.onConnection(peer -> {
            peer.resume().end("x");
            if (clients.incrementAndGet() == 2) {
                listening.close();
            }
        });
        int port = listening.listen("0").address().port();
        Net.connect(loop, String.valueOf(port)).onData(chunk -> journal.add("number"));
        Net.connect(loop, "0x" + Integer.toHexString(port), journal.note("connect"))
                .resume();
        new Socket(loop).connect("/proc/no socket").onError(error -> journal.add(error.code()));
        loop.run();
        journal.expectInAnyOrder("number", "connect", "ENOENT");
    }

    @Test
    @Covers({"S65", "S67", "S70", "S73", "node:test-net-server-bind"})
    void everyFormOfListenListens(Loop loop) {
        List<Consumer<Server>> forms = List.of(
                Server::listen,
                form -> form.listen(0),
                form -> form.listen(0, journal.note("callback")),
                form -> form.listen(0, Local.HOST),
                form -> form.listen(0, Local.HOST, journal.note("callback")),
                form -> form.listen(0, null, 17, journal.note("callback")),
                form -> form.listen(ListenOptions.at(0)),
                form -> form.listen(ListenOptions.at(0), null),
                form -> form.listen(ListenOptions.at("::1", 0).backlog(1), journal.note("callback")));
        for (Consumer<Server> form : forms) {
            server = server(loop);
            form.accept(server);
            assertTrue(server.isListening());
            server.onListening(server::close);
            loop.run();
        }
        journal.expect("callback", "callback", "callback", "callback");
    }

    @Test
    void laterChangesOfOptionsDoNotAffectAListen(Loop loop) {
        ServerOptions sockets = ServerOptions.defaults().pauseOnConnect(true);
        ListenOptions where = ListenOptions.at("localhost", 0);
        server = Net.createServer(loop, sockets, socket -> journal.add("paused " + socket.isPaused()));
        closeAfter(1);
        server.listen(
                where,
                () -> Net.connect(
                                loop, server.address().port(), server.address().address())
                        .end());
        sockets.pauseOnConnect(false);
        where.backlog(1).reusePort(true);
        server.onConnection(Socket::destroy);
        loop.run();
        assertEquals(1, journal.count("paused true"));
    }

    /** What the kernel keeps of it TCP_INFO tells, of a listener. */
    @Test
    @Covers({"node:test-net-server-bind", "node:test-cluster-net-listen-backlog"})
    @Tag("no-qemu")
    void theBacklogReachesTheKernel(Loop loop) {
        List<BiConsumer<Server, Tcp>> forms = List.of(
                (form, tcp) -> form.listen(ListenOptions.atHandle(tcp).backlog(17)),
                (form, tcp) -> form.listen(ListenOptions.atHandle(tcp).backlog(17), null));
        for (BiConsumer<Server, Tcp> form : forms) {
            Tcp tcp = TcpPair.listening(loop);
            server = server(loop);
            form.accept(server, tcp);
            assertEquals(17, tcp.info().sacked());
            server.close();
            loop.run();
        }
        Tcp byDefault = TcpPair.listening(loop);
        server(loop).listen(byDefault, byDefault::close);
        assertEquals(511, byDefault.info().sacked());
        loop.run();
    }

    @Test
    @Covers({"S71", "S75", "S81", "node:test-net-server-address", "node:test-cluster-net-listen-ipv6only-false"})
    void withoutAHostItTakesIPv6AndIPv4(Loop loop) {
        server = Net.createServer(
                loop, socket -> socket.end(socket.remoteAddress().address()));
        server.listen(0);
        assertEquals(new SocketAddress("::", server.address().port()), server.address());
        assertEquals("IPv6", server.address().family());
        closeAfter(2);
        try (Peer<String> four = Peer.client("127.0.0.1", server.address().port(), Talk::allText);
                Peer<String> six = Peer.client("::1", server.address().port(), Talk::allText)) {
            loop.run();
            assertEquals("::ffff:127.0.0.1", four.result());
            assertEquals("::1", six.result());
        }
    }

    @Test
    @Covers({
        "node:test-net-listen-ipv6only",
        "node:test-cluster-net-listen-ipv6only-none",
        "node:test-cluster-net-listen-ipv6only-rr"
    })
    void ipv6OnlyTakesNoIPv4(Loop loop) {
        server = server(loop);
        server.listen(ListenOptions.at("::", 0).ipv6Only(true), null);
        Socket four = Local.connect(loop, server.address().port());
        SocketEvents.into(journal, "", four);
        four.onClose(hadError -> server.close());
        int port = server.address().port();
        loop.run();
        journal.expect("error connect ECONNREFUSED 127.0.0.1:" + port, "close true");
    }

    @Test
    @Covers("S71")
    void aNameIsLookedUpFirst(Loop loop) {
        server = server(loop);
        server.listen(0, "localhost", () -> {
            assertTrue(server.address().port() > 0);
            journal.add("listening");
            server.close();
        });
        assertNull(server.address());
        assertFalse(server.isListening());
        loop.run();
        journal.expect("listening");
    }

    @Test
    @Covers({"S65", "node:test-net-server-call-listen-multiple-times"})
    void aSecondListenIsRefusedAndHarmsNothing(Loop loop) {
        server = server(loop);
        server.listen(0, Local.HOST, server::close);
        SocketAddress address = server.address();
        UsageException refused = assertThrows(UsageException.class, () -> server.listen(0, Local.HOST));
        assertEquals("ERR_SERVER_ALREADY_LISTEN", refused.code());
        assertEquals("Listen method has been called more than once without closing.", refused.getMessage());
        assertEquals(address, server.address());
        loop.run();
    }

    @Test
    @Covers("S65")
    void aSecondListenIsRefusedDuringTheLookupOfTheFirst(Loop loop) {
        server = server(loop);
        server.listen(0, "localhost", server::close);
        UsageException refused = assertThrows(UsageException.class, () -> server.listen(0));
        assertEquals("ERR_SERVER_ALREADY_LISTEN", refused.code());
        loop.run();
    }

    @Test
    @Covers({
        "node:test-net-listening",
        "node:test-net-server-call-listen-multiple-times",
        "node:test-cluster-server-restart-none",
        "node:test-cluster-server-restart-rr"
    })
    void aServerCanListenAgainAfterAClose(Loop loop) {
        server = server(loop);
        server.onListening(journal.note("listening"));
        server.onClose(journal.note("close"));
        server.listen(0, Local.HOST, () -> {
            server.close();
            assertFalse(server.isListening());
            assertNull(server.address());
            server.listen(0, Local.HOST, server::close);
        });
        loop.run();
        journal.expect("listening", "close", "listening", "close");
    }

    @Test
    @Covers({"S84", "node:test-net-eaddrinuse"})
    void aSuccessorTakesThePortWhileOldConnectionsLinger(Loop loop) {
        server = Net.createServer(loop, socket -> socket.end("first"));
        int port = server.listen(0, Local.HOST).address().port();
        closeAfter(1);
        try (Peer<String> client = Peer.client(port, Talk::allText)) {
            loop.run();
            assertEquals("first", client.result());
        }
        server = server(loop);
        server.listen(port, Local.HOST, server::close);
        assertEquals(port, server.address().port());
        loop.run();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536, 70000, Integer.MIN_VALUE, Integer.MAX_VALUE})
    @Covers({"node:test-net-listen-invalid-port", "node:test-net-server-listen-options"})
    void aPortThatIsNoneIsRefused(int port, Loop loop) {
        server = server(loop);
        for (Runnable wrong : List.<Runnable>of(
                () -> server.listen(port), () -> server.listen(port, Local.HOST), () -> ListenOptions.at(port))) {
            UsageException refused = assertThrows(UsageException.class, wrong::run);
            assertEquals("ERR_SOCKET_BAD_PORT", refused.code());
            assertTrue(
                    refused.getMessage().contains("should be >= 0 and < 65536. Received " + port),
                    refused.getMessage());
        }
        assertFalse(server.isListening());
    }

    @Test
    @Covers("S72")
    void whatCannotBeAHostIsRefused(Loop loop) {
        assertEquals(
                "ERR_INVALID_ARG_TYPE",
                assertThrows(UsageException.class, () -> server(loop).listen(0, ""))
                        .code());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> server(loop).listen((ListenOptions) null, null))
                        .code());
    }

    @Test
    @Covers({"S62", "S64"})
    void createServerTakesOptionsAndAListenerAndNoNull(Loop loop) {
        assertThrows(UsageException.class, () -> Net.createServer(loop, (ServerOptions) null));
        assertThrows(UsageException.class, () -> Net.createServer(loop, (Consumer<Socket>) null));
        assertThrows(UsageException.class, () -> Net.createServer(null, socket -> {}));
        assertThrows(UsageException.class, () -> Net.createServer(loop, null, socket -> {}));
        assertEquals(
                "ERR_INVALID_ARG_VALUE",
                assertThrows(
                                UsageException.class,
                                () -> ServerOptions.defaults().highWaterMark(-1))
                        .code());
    }

    private static Server server(Loop loop) {
        return Net.createServer(loop, socket -> {});
    }

    private void closeAfter(int connections) {
        int[] left = {connections};
        server.onConnection(socket -> {
            if (--left[0] == 0) {
                server.close();
            }
        });
    }
}
