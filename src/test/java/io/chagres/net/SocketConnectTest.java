package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import io.chagres.loop.Loop;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ConnectionTest
class SocketConnectTest {

    private final Journal journal = new Journal();

    @Test
    @Covers({"S13", "S22", "node:test-net-socket-connecting", "node:test-net-socket-connect-without-cb"})
    void itIsConnectingUntilTheConnectEvent(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Local.connect(loop, server.port());
            assertTrue(client.isConnecting());
            client.onConnect(() -> {
                assertFalse(client.isConnecting());
                assertTrue(client.isReadable() && client.isWritable());
                journal.add("connect");
                client.end();
            });
            client.resume();
            journal.expect();
            loop.run();
        }
        journal.expect("connect");
    }

    @Test
    @Covers({"S5", "S13"})
    void theCallbackRunsBeforeListenersThatWereAddedLater(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Net.connect(loop, server.port(), Local.HOST, journal.note("callback"));
            client.onConnect(journal.note("listener"));
            client.onConnect(client::end);
            client.resume();
            loop.run();
        }
        journal.expect("callback", "listener");
    }

    @Test
    @Covers({"S38", "node:test-net-write-connect-write", "node:test-net-connect-buffer"})
    void whatIsWrittenMeanwhileGoesFirst(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Local.connect(loop, server.port());
            client.onConnect(() -> client.end(" in connect"));
            assertTrue(client.write("before"));
            client.write(Talk.buffer(" second"), error -> journal.add("written " + error));
            assertEquals(13, client.writableLength());
            assertEquals(13, client.bytesWritten());
            client.resume();
            journal.expect();
            loop.run();
            assertEquals("before second in connect", server.result());
            assertEquals(24, client.bytesWritten());
        }
        journal.expect("written null");
    }

    @Test
    void withAMarkOf0EveryWriteMeanwhileAnswersFalse(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Net.connect(loop, SocketOptions.defaults().highWaterMark(0), options(server.port()));
            assertFalse(client.write("ä"));
            assertTrue(client.writableNeedDrain());
            assertEquals(2, client.bytesWritten());
            client.onDrain(() -> {
                assertEquals(0, client.writableLength());
                journal.add("drain");
                client.end("bye");
            });
            client.resume();
            loop.run();
            assertEquals("äbye", server.result());
            assertEquals(5, client.bytesWritten());
        }
        journal.expect("drain");
    }

    @Test
    @Covers({"S51", "node:test-net-socket-end-before-connect"})
    void endedMeanwhileItStillConnects(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "hello"))) {
            Socket client = Local.connect(loop, server.port());
            SocketEvents.into(journal, "", client);
            client.end(Talk.buffer("last words"), error -> journal.add("ended " + error));
            assertFalse(client.isWritable());
            loop.run();
            assertEquals("last words", server.result());
        }
        journal.expect("connect", "ended null", "finish", "data hello", "end", "close false");
    }

    @Test
    @Covers({"S25", "node:test-net-pause-resume-connecting"})
    void pausedMeanwhileItIsNotRead(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "hello"))) {
            Socket client = Local.connect(loop, server.port());
            SocketEvents.into(journal, "", client);
            client.pause();
            client.onConnect(() -> {
                assertTrue(client.isPaused());
                assertEquals(0, client.bytesRead());
                client.resume();
            });
            loop.run();
        }
        journal.expect("connect", "data hello", "end", "finish", "close false");
    }

    @Test
    @Covers({"node:test-net-remote-address", "node:test-net-remote-address-port", "node:test-net-local-address-port"})
    void theAddressesAreKnownFromTheConnectOn(Loop loop) {
        try (Peer<Integer> server = Peer.server(java.net.Socket::getPort)) {
            Socket client = Local.connect(loop, server.port());
            assertNull(client.remoteAddress());
            assertNull(client.localAddress());
            SocketAddress[] local = new SocketAddress[1];
            client.onConnect(() -> {
                assertEquals(new SocketAddress(Local.HOST, server.port()), client.remoteAddress());
                local[0] = client.localAddress();
            });
            client.resume();
            client.onClose(hadError -> {
                assertNull(client.localAddress());
                assertEquals(server.port(), client.remoteAddress().port());
                journal.add("close");
            });
            loop.run();
            assertEquals(new SocketAddress(Local.HOST, server.result()), local[0]);
        }
        journal.expect("close");
    }

    @Test
    @Covers("S15")
    void aNameIsLookedUp(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Net.connect(loop, server.port());
            client.end("by name");
            client.resume();
            loop.run();
            assertEquals("by name", server.result());
        }
    }

    @Test
    @Covers({"S16", "node:test-net-localport"})
    void theLocalAddressAndPortCanBeChosen(Loop loop) {
        int port = Peer.deadPort();
        try (Peer<String> server =
                Peer.server(socket -> socket.getRemoteSocketAddress().toString())) {
            Net.connect(loop, options(server.port()).localAddress("127.0.0.2").localPort(port), null)
                    .resume();
            loop.run();
            assertEquals("/127.0.0.2:" + port, server.result());
        }
    }

    @Test
    @Covers("S18")
    void itConnectsOverIPv6(Loop loop) {
        Server server = Net.createServer(loop, socket -> socket.end("six"));
        server.onConnection(socket -> server.close());
        server.listen(0, "::1");
        Socket client = Net.connect(loop, server.address().port(), "::1");
        SocketEvents.into(journal, "", client);
        client.onConnect(() -> assertEquals("IPv6", client.remoteAddress().family()));
        loop.run();
        journal.expect("connect", "data six", "end", "finish", "close false");
    }

    /** The port is that of the options, not of the wire: nothing listens on port 0. */
    @Test
    @Covers("node:test-net-connect-options-port")
    void port0FailsLater(Loop loop) {
        Socket client = Local.connect(loop, 0);
        client.onError(error -> journal.add(error.code().substring(0, 1)));
        loop.run();
        journal.expect("E");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536, Integer.MAX_VALUE})
    @Covers("node:test-net-connect-options-port")
    void aPortThatIsNoneIsRefused(int port, Loop loop) {
        UsageException refused = assertThrows(UsageException.class, () -> Net.connect(loop, port));
        assertEquals("ERR_SOCKET_BAD_PORT", refused.code());
        assertTrue(refused.getMessage().contains("should be >= 0 and < 65536. Received " + port), refused.getMessage());
        assertThrows(UsageException.class, () -> Net.connect(loop, port, Local.HOST));
        assertThrows(UsageException.class, () -> Net.connect(loop, port, Local.HOST, () -> {}));
    }

    @Test
    @Covers({"node:test-net-connect-no-arg", "node:test-net-localerror"})
    void wrongOptionsAreRefused(Loop loop) {
        UsageException missing =
                assertThrows(UsageException.class, () -> Net.connect(loop, SocketOptions.defaults(), null, null));
        assertEquals("ERR_MISSING_ARGS", missing.code());
        assertEquals("The \"options\" or \"port\" or \"path\" argument must be specified", missing.getMessage());
        assertThrows(UsageException.class, () -> Net.connect(loop, (ConnectOptions) null, null));
        assertThrows(UsageException.class, () -> ConnectOptions.to(null, 80));
        assertThrows(UsageException.class, () -> ConnectOptions.to("", 80));
        assertThrows(UsageException.class, () -> SocketOptions.defaults().highWaterMark(-1));
        assertThrows(UsageException.class, () -> new SocketAddress("foobar", 0));
        loop.run();
    }

    @Test
    @Covers({"node:test-net-binary", "node:test-net-large-string"})
    void textArrivesAsUtf8AndBytesAsTheyAre(Loop loop) {
        String text = "あ".repeat(40 * 1024);
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (Peer<byte[]> server = Peer.server(Talk::all)) {
            Socket client = Local.connect(loop, server.port());
            client.write(text);
            client.write(all);
            client.end().resume();
            loop.run();
            byte[] got = server.result();
            assertEquals(3 * 40 * 1024 + 256, got.length);
            assertEquals(text, new String(got, 0, got.length - 256, StandardCharsets.UTF_8));
            assertEquals((byte) 255, got[got.length - 1]);
        }
    }

    private static ConnectOptions options(int port) {
        return ConnectOptions.to(Local.HOST, port);
    }
}
