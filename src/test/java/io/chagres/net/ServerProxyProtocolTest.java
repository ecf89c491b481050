package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.proxy.ProxyHeader;
import io.chagres.proxy.Tlv;
import io.chagres.socket.Tcp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose connections begin with a header of the PROXY protocol. */
@ConnectionTest
class ServerProxyProtocolTest {

    private static final SocketAddress CLIENT = new SocketAddress("192.0.2.7", 51234);
    private static final SocketAddress FRONT = new SocketAddress("203.0.113.1", 443);
    private static final ProxyHeader HEADER = ProxyHeader.of(CLIENT, FRONT);
    private static final String LINE = "PROXY TCP4 192.0.2.7 203.0.113.1 51234 443\r\n";

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    /** A server that closes after one connection or drop, and reports it. */
    private Server server(Loop loop, ProxyProtocol protocol) {
        return server(loop, ServerOptions.defaults().proxyProtocol(protocol));
    }

    private Server server(Loop loop, ServerOptions options) {
        Server server = Net.createServer(loop, options, socket -> {
            journal.add("from " + (socket.proxyHeader() == null ? "a direct client" : socket.remoteAddress()));
            socket.onText(StandardCharsets.UTF_8, text -> journal.add(text));
            socket.onEnd(() -> journal.add("end after " + socket.bytesRead()));
        });
        server.onConnection(socket -> server.close());
        server.onDrop(dropped -> {
            journal.add(dropped.reason().name());
            server.close();
        });
        server.onClose(() -> journal.add("close " + server.connectionCount()));
        return server;
    }

    private static int listen(Server server) {
        return server.listen(0, Local.HOST).address().port();
    }

    private static Peer<String> client(int port, String text) {
        return Peer.client(port, socket -> Talk.ask(socket, text));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    private static Peer<String> client(int port, ByteBuffer header, String text) {
        return Peer.client(port, socket -> {
            byte[] bytes = new byte[header.remaining()];
            header.get(bytes);
            Talk.send(socket, bytes);
            return Talk.ask(socket, text);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theAddressesAreThoseOfTheClient(int version, Loop loop) {
        Server server = server(loop, ProxyProtocol.required());
        server.onConnection(socket -> {
            assertEquals(CLIENT, socket.remoteAddress());
            assertEquals(FRONT, socket.localAddress());
            assertEquals(FRONT, socket.address());
            assertEquals(HEADER.withVersion(version), socket.proxyHeader());
            assertEquals(Local.HOST, socket.peerAddress().address());
            assertTrue(
                    socket.toString().contains("203.0.113.1:443 -> 192.0.2.7:51234, through 127.0.0.1:"),
                    socket::toString);
            socket.onClose(hadError -> journal.add("closed " + socket.remoteAddress() + " " + socket.peerAddress()));
        });
        try (Peer<String> client =
                client(listen(server), HEADER.withVersion(version).encode(), "hello")) {
            loop.run();
        }
        journal.expect("from 192.0.2.7:51234", "hello", "end after 5", "close 0", "closed 192.0.2.7:51234 null");
    }

    /** One byte at a time, with the first byte of the client's in the same write as the last of the header. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aHeaderMayArriveByteByByte(int version, Loop loop) {
        Server server = server(loop, ProxyProtocol.required());
        ByteBuffer header = HEADER.withVersion(version)
                .withTlv(Tlv.authority("example.org"))
                .encode();
        try (Peer<String> client = Peer.client(listen(server), socket -> {
            socket.setTcpNoDelay(true);
            while (header.remaining() > 1) {
                Talk.send(socket, new byte[] {header.get()});
            }
            Talk.send(socket, new byte[] {header.get(), 'x'});
            return Talk.ask(socket, "");
        })) {
            loop.run();
        }
        journal.expect("from 192.0.2.7:51234", "x", "end after 1", "close 0");
    }

    @Test
    void aPausedServerReadsNothingBehindTheHeader(Loop loop) {
        Server server = server(
                loop,
                ServerOptions.defaults().proxyProtocol(ProxyProtocol.required()).pauseOnConnect(true));
        server.onConnection(socket -> Timer.after(loop, 20, () -> {
            assertEquals(0, socket.bytesRead());
            socket.resume();
        }));
        try (Peer<String> client = client(listen(server), LINE + "hello")) {
            loop.run();
        }
        journal.expect("from 192.0.2.7:51234", "hello", "end after 5", "close 0");
    }

    @Test
    void aServerWithItsOwnBufferReadsTheBytesBehindTheHeaderIntoIt(Loop loop) {
        ByteBuffer buffer = ByteBuffer.allocate(3);
        ServerOptions options = ServerOptions.defaults()
                .proxyProtocol(ProxyProtocol.required())
                .onRead(buffer, (socket, bytes, count) -> {
                    journal.add(text(bytes.slice(bytes.position(), count)));
                    return true;
                });
        Server server = Net.createServer(loop, options, socket -> journal.add(socket.remoteAddress() + ""));
        server.onConnection(socket -> server.close());
        try (Peer<String> client = client(listen(server), LINE + "hello")) {
            loop.run();
        }
        journal.expect("192.0.2.7:51234", "hel", "lo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN 1.2.3.4 5.6.7.8 1 2\r\n"})
    void aHeaderThatNamesNoClientKeepsTheConnectionsOwnAddresses(String line, Loop loop) {
        Server server = server(loop, ProxyProtocol.required());
        int port = listen(server);
        server.onConnection(socket -> {
            assertEquals(Local.HOST, socket.remoteAddress().address());
            assertEquals(port, socket.localAddress().port());
            assertEquals(socket.peerAddress(), socket.remoteAddress());
            socket.end("ok");
        });
        try (Peer<String> client = client(port, line)) {
            loop.run();
            assertEquals("ok", client.result());
        }
    }

    @Test
    void aHealthCheckOfTheBalancerIsAConnection(Loop loop) {
        Server server = server(loop, ProxyProtocol.required());
        server.onConnection(socket -> {
            assertEquals(ProxyHeader.Command.LOCAL, socket.proxyHeader().command());
            assertEquals(Local.HOST, socket.remoteAddress().address());
            socket.end("ok");
        });
        try (Peer<String> client = client(listen(server), ProxyHeader.local().encode(), "")) {
            loop.run();
            assertEquals("ok", client.result());
        }
    }

    @Test
    void overAUnixSocketTheClientHasAnAddressToo(Loop loop) {
        Server server = server(loop, ProxyProtocol.required().from("10.0.0.1"));
        server.listen(ListenOptions.atPath(folder.resolve("socket").toString()));
        server.onConnection(socket -> {
            assertEquals(CLIENT, socket.remoteAddress());
            assertEquals(FRONT, socket.localAddress());
            assertNull(socket.peerAddress());
        });
        try (UnixPeer<Void> client = Place.client(server, channel -> {
            UnixPeer.send(channel, LINE);
            return null;
        })) {
            loop.run();
        }
        journal.expect("from 192.0.2.7:51234", "end after 0", "close 0");
    }

    @Test
    void aClientOfAUnixSocketHasNoAddress(Loop loop) {
        Server server = server(loop, ProxyProtocol.required());
        server.onConnection(socket -> {
            assertNull(socket.remoteAddress());
            assertNull(socket.localAddress());
            assertEquals("/run/front", socket.proxyHeader().destinationPath());
        });
        try (Peer<String> client =
                client(listen(server), ProxyHeader.ofPaths("", "/run/front").encode(), "")) {
            loop.run();
        }
    }

    // ---- the table of ProxyProtocol

    private static ProxyProtocol protocol(String kind, String from) {
        ProxyProtocol protocol = kind.equals("required") ? ProxyProtocol.required() : ProxyProtocol.optional();
        return switch (from) {
            case "any" -> protocol;
            case "trusted" -> protocol.from("127.0.0.0/8", "::1");
            default -> protocol.from("10.0.0.0/8");
        };
    }

    @ParameterizedTest
    @CsvSource({
        "required, any,     header, from 192.0.2.7:51234",
        "required, trusted, header, from 192.0.2.7:51234",
        "required, other,   header, PROXY_HEADER_UNTRUSTED",
        "required, any,     bytes,  PROXY_HEADER_MISSING",
        "required, trusted, bytes,  PROXY_HEADER_MISSING",
        "required, other,   bytes,  PROXY_HEADER_UNTRUSTED",
        "required, trusted, end,    PROXY_HEADER_MISSING",
        "required, other,   end,    PROXY_HEADER_UNTRUSTED",
        "required, trusted, broken, PROXY_HEADER_MALFORMED",
        "required, trusted, part,   PROXY_HEADER_MISSING",
        "optional, any,     header, from 192.0.2.7:51234",
        "optional, trusted, header, from 192.0.2.7:51234",
        "optional, other,   header, PROXY_HEADER_UNTRUSTED",
        "optional, trusted, bytes,  from a direct client",
        "optional, other,   bytes,  from a direct client",
        "optional, trusted, end,    from a direct client",
        "optional, other,   end,    from a direct client",
        "optional, trusted, broken, PROXY_HEADER_MALFORMED",
        "optional, other,   broken, PROXY_HEADER_UNTRUSTED",
        "optional, trusted, part,   PROXY_HEADER_MISSING",
        "optional, other,   part,   PROXY_HEADER_UNTRUSTED",
        "optional, other,   start,  from a direct client",
    })
    void theTableOfTheRulesHolds(String kind, String from, String sent, String outcome, Loop loop) {
        Server server = server(loop, protocol(kind, from));
        String text = switch (sent) {
            case "header" -> LINE;
            case "bytes" -> "PRO, no header";
            case "broken" -> "PROXY TCP5\r\n";
            case "part" -> "PROXY TCP4 192";
            case "start" -> "PROX";
            default -> "";
        };
        boolean isDirect = outcome.endsWith("direct client");
        try (Peer<String> client = Peer.client(listen(server), socket -> {
            Talk.send(socket, text);
            socket.shutdownOutput();
            return Talk.ending(socket);
        })) {
            loop.run();
        }
        if (isDirect && !text.isEmpty()) {
            journal.expect(outcome, text, "end after " + text.length(), "close 0");
        } else if (outcome.startsWith("from")) {
            journal.expect(outcome, "end after 0", "close 0");
        } else {
            journal.expect(outcome, "close 0");
            assertEquals(1, server.droppedCount());
            assertEquals(0, server.acceptedCount());
        }
    }

    @Test
    void aDirectClientIsNotIdleBeforeItsAnswer(Loop loop) {
        Server server = server(loop, ProxyProtocol.optional());
        server.onConnection(socket -> {
            journal.add("idle " + socket.isIdle());
            socket.end("answer");
        });
        try (Peer<String> client = client(listen(server), "question")) {
            loop.run();
            assertEquals("answer", client.result());
        }
        journal.expect("from a direct client", "idle false", "question", "end after 8", "close 0");
    }

    // ---- time

    @ParameterizedTest
    @CsvSource({
        "required, '',             PROXY_HEADER_TIMEOUT",
        "required, 'PROXY TCP4 1', PROXY_HEADER_TIMEOUT",
        "optional, 'PROXY TCP4 1', PROXY_HEADER_TIMEOUT",
        "optional, '',             from a direct client",
    })
    void aSlowClientHasItsTimeAndNoMore(String kind, String sent, String outcome, Loop loop) throws Exception {
        // the server's clock is moved by the loop once all bytes that were sent have been read
        ManualClock clock = new ManualClock();
        try (Loop own = new Loop(clock)) {
            Server server = server(own, protocol(kind, "any").timeout(Duration.ofSeconds(3)));
            long start = own.now();
            server.onConnection(socket -> journal.add("after " + (own.now() - start)));
            server.onConnection(Socket::destroy);
            server.onDrop(dropped -> journal.add("after " + (own.now() - start)));
            try (java.net.Socket client = new java.net.Socket(Local.HOST, listen(server))) {
                Talk.send(client, sent);
                own.run();
            }
        }
        journal.expect(outcome, "after 3000", "close 0");
    }

    /** One byte a second: the time counts from the accept, for the whole header. */
    @Test
    void aClientThatSendsByteByByteHasNoMoreTime(Loop loop, ManualClock clock) throws Exception {
        Server server = server(loop, ProxyProtocol.required().timeout(Duration.ofMillis(2_500)));
        try (java.net.Socket client = new java.net.Socket(Local.HOST, listen(server))) {
            Timer drip = Timer.every(loop, 1000, () -> {
                send(client, "PROXY TCP4".charAt((int) journal.count("byte")));
                journal.add("byte");
            });
            server.onDrop(dropped -> drip.close());
            loop.run();
        }
        journal.expect("byte", "byte", "byte", "PROXY_HEADER_TIMEOUT", "close 0");
    }

    private static void send(java.net.Socket client, char letter) {
        try {
            Talk.send(client, String.valueOf(letter));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- waiting connections are connections

    @Test
    void aConnectionThatWaitsCountsAndHasNoSocket(Loop loop) throws Exception {
        Server server = server(loop, ProxyProtocol.required()).setMaxConnections(1);
        int port = listen(server);
        try (java.net.Socket first = new java.net.Socket(Local.HOST, port);
                java.net.Socket second = new java.net.Socket(Local.HOST, port)) {
            server.onDrop(dropped -> {
                assertEquals(1, server.connectionCount());
                assertEquals(List.of(), server.connections());
                server.closeAllConnections();
                assertEquals(0, server.connectionCount());
            });
            loop.run();
            assertEquals(-1, first.getInputStream().read());
        }
        journal.expect("MAX_CONNECTIONS", "close 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROXY TC"})
    void aGracefulCloseEndsAConnectionThatWaits(String sent, Loop loop, ManualClock clock) throws Exception {
        Server server = server(loop, ProxyProtocol.required().timeout(Duration.ofMinutes(1)));
        long start = loop.now();
        server.onClose(() -> journal.add("after " + (loop.now() - start)));
        try (java.net.Socket client = new java.net.Socket(Local.HOST, listen(server))) {
            Talk.send(client, sent);
            int[] looks = {0};
            Timer tenth = Timer.every(loop, 100, () -> {
                if (++looks[0] == 10) {
                    server.close(Duration.ofSeconds(2));
                }
            });
            server.onClose(tenth::close);
            loop.run();
        }
        journal.expect("close 0", "after " + (sent.isEmpty() ? 1000 : 3000));
    }

    @Test
    void aLoopThatClosesClosesTheConnectionsThatWait(Loop loop) throws Exception {
        Loop own = new Loop();
        Server server = server(own, ProxyProtocol.required());
        try (java.net.Socket client = new java.net.Socket(Local.HOST, listen(server))) {
            Timer.every(own, 1, () -> {
                if (server.connectionCount() == 1) {
                    own.stop();
                }
            });
            own.run();
            own.close();
            assertEquals(0, server.connectionCount());
            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void anAdoptedConnectionBeginsWithAHeaderToo(Loop loop) {
        Server server = server(loop, ProxyProtocol.required());
        Tcp listener = new Tcp(loop);
        listener.bind(new SocketAddress(Local.HOST, 0));
        listener.listen(8, handle -> {
            assertTrue(server.adopt(handle.accept()));
            journal.add("adopted");
            listener.close();
        });
        try (Peer<String> client = client(listener.localAddress().port(), LINE + "hello")) {
            loop.run();
        }
        journal.expect("adopted", "from 192.0.2.7:51234", "hello", "end after 5", "close 0");
    }

    @Test
    void aResetInTheHeaderIsADrop(Loop loop) {
        Server server = server(loop, ProxyProtocol.optional());
        try (Peer<Void> client = Peer.client(listen(server), socket -> {
            Talk.send(socket, "PROXY");
            Talk.reset(socket);
            return null;
        })) {
            loop.run();
        }
        journal.expect("PROXY_HEADER_MISSING", "close 0");
    }

    // ---- the block list

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "127.0.0.1"})
    void theBlockListHasTheClientOrTheBalancer(String blocked, Loop loop) {
        BlockList list = new BlockList().addAddress(blocked);
        Server server = server(loop, ServerOptions.defaults().blockList(list).proxyProtocol(ProxyProtocol.required()));
        try (Peer<String> client = Peer.client(listen(server), socket -> {
            Talk.send(socket, LINE);
            String ending = Talk.ending(socket);
            loop.execute(server::close);
            return ending;
        })) {
            loop.run();
        }
        assertEquals(1, server.blockedCount());
        journal.expect("close 0");
    }

    @Test
    void theListOfSendersIsAskedAtEachConnection(Loop loop) {
        BlockList senders = new BlockList();
        Server server = server(loop, ProxyProtocol.required().from(senders));
        int port = listen(server);
        senders.addAddress(Local.HOST);
        try (Peer<String> client = client(port, LINE)) {
            loop.run();
        }
        journal.expect("from 192.0.2.7:51234", "end after 0", "close 0");
    }

    @Test
    void aLongHeaderNeedsTheOption(Loop loop) {
        ByteBuffer header = HEADER.withTlv(Tlv.of(0xE0, new byte[5_000])).encode();
        Server server = server(loop, ProxyProtocol.required());
        try (Peer<String> client = Peer.client(listen(server), socket -> {
            Talk.send(socket, header.array());
            return Talk.ending(socket);
        })) {
            loop.run();
        }
        journal.expect("PROXY_HEADER_MALFORMED", "close 0");
        Server large = server(loop, ProxyProtocol.required().maxLength(6_000));
        try (Peer<String> client = client(listen(large), header, "hello")) {
            loop.run();
        }
        journal.expect("from 192.0.2.7:51234", "hello", "end after 5", "close 0");
    }

    // ---- options

    @Test
    void optionsThatCannotBeAreRefused() {
        ProxyProtocol protocol = ProxyProtocol.optional();
        assertThrows(UsageException.class, () -> protocol.timeout(Duration.ZERO));
        assertThrows(UsageException.class, () -> protocol.maxLength(100));
        assertThrows(UsageException.class, () -> protocol.from("localhost"));
        assertThrows(UsageException.class, () -> protocol.from("10.0.0.0/33"));
        assertThrows(UsageException.class, () -> protocol.from("10.0.0.0/x"));
        ByteBuffer buffer = ByteBuffer.allocate(8);
        ServerOptions lent = ServerOptions.defaults().onRead(buffer, (socket, bytes, count) -> true);
        assertEquals(
                "ERR_INCOMPATIBLE_OPTION_PAIR",
                assertThrows(UsageException.class, () -> lent.proxyProtocol(protocol))
                        .code());
        assertThrows(
                UsageException.class,
                () -> ServerOptions.defaults()
                        .proxyProtocol(protocol)
                        .onRead(() -> buffer, (socket, bytes, count) -> true));
        assertEquals(
                "ProxyProtocol (required true, from [10.0.0.0/24], timeout PT3S)",
                ProxyProtocol.required()
                        .from("10.0.0.0/24")
                        .timeout(Duration.ofSeconds(3))
                        .toString());
        assertEquals(
                ProxyProtocol.required().from("10.0.0.1"),
                ProxyProtocol.required().from("10.0.0.1"));
    }

    // ---- as a sender

    @ParameterizedTest
    @EnumSource
    void aClientSendsItsHeaderFirst(Place place, Loop loop) {
        for (boolean early : new boolean[] {true, false}) {
            Server server = server(loop, ProxyProtocol.required());
            server.listen(early ? place.in(folder) : ListenOptions.at(Local.HOST, 0), null);
            ConnectOptions options =
                    (early ? place : Place.TCP).connectTo(server).proxyHeader(HEADER);
            Socket client = Net.connect(loop, options);
            client.onConnect(() -> assertEquals(early ? 5 : 0, client.bytesWritten()));
            if (early) {
                client.write("hello");
            } else {
                client.onConnect(() -> client.write("hello"));
            }
            client.onReady(() -> {
                assertEquals(5, client.bytesWritten());
                client.end();
            });
            client.resume();
            loop.run();
            journal.expect("from 192.0.2.7:51234", "hello", "end after 5", "close 0");
        }
    }

    @Test
    void aHeaderMayBeWrittenByHand(Loop loop) {
        Server server = server(loop, ProxyProtocol.required());
        Socket client = Local.connect(loop, listen(server));
        client.write(HEADER.encodeV2());
        client.end("hello");
        client.resume();
        loop.run();
        journal.expect("from 192.0.2.7:51234", "hello", "end after 5", "close 0");
    }
}
