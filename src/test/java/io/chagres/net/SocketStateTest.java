package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketOption;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a socket says of itself, from its making to after its close. */
@ConnectionTest
class SocketStateTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    @Test
    @Covers({"S6", "S7", "S8", "node:test-net-socket-constructor"})
    void aNewSocketIsOpenAndHasNothing(Loop loop, ManualClock clock) {
        Socket socket = new Socket(loop);
        assertFalse(socket.isConnecting());
        assertTrue(socket.isPending());
        assertTrue(socket.isReadable());
        assertTrue(socket.isWritable());
        assertEquals(ReadyState.OPEN, socket.readyState());
        assertFalse(socket.isDestroyed());
        assertNull(socket.errored());
        assertEquals(0, socket.timeoutMillis());
        assertEquals(0, socket.bytesRead() + socket.bytesWritten());
        assertNull(socket.server());
        assertNull(socket.localAddress());
        assertNull(socket.remoteAddress());
        assertEquals(List.of(), socket.autoSelectFamilyAttemptedAddresses());
        loop.run();
    }

    @Test
    @Covers({"S6", "node:test-net-connect-destroy", "node:test-net-end-without-connect"})
    void aSocketThatIsNeverConnectedCanBeEndedOrDestroyed(Loop loop) {
        SocketEvents.into(journal, "", new Socket(loop).destroy());
        Socket ended = new Socket(loop);
        ended.end(error -> journal.add("ended " + error));
        assertFalse(ended.isWritable());
        loop.run();
        journal.expect("close false", "ended null");
    }

    @Test
    @Covers({"S40", "node:test-net-socket-write-after-close"})
    void aWriteWithoutAConnectionFails(Loop loop) {
        Socket socket = new Socket(loop);
        SocketEvents.into(journal, "", socket);
        socket.write(Talk.buffer("x"), error -> journal.add("write " + error.code() + " " + error.getMessage()));
        loop.run();
        journal.expect("write ERR_SOCKET_CLOSED Socket is closed", "error Socket is closed", "close true");
    }

    @Test
    @Covers("S24")
    void readingThatWasStartedBeforeTheConnectionBeginsOnceConnected(Loop loop) {
        Socket socket = new Socket(loop);
        SocketEvents.into(journal, "", socket);
        try (Peer<String> server = Peer.server(peer -> Talk.ask(peer, "hello"))) {
            loop.nextTick(() -> socket.connect(server.port(), Local.HOST));
            loop.run();
        }
        journal.expect("connect", "data hello", "end", "finish", "close false");
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"node:test-net-pingpong-delay", "node:test-net-socket-ready-without-cb"})
    void theReadyStateFollowsBothSides(Place place, Loop loop) {
        Server server = Net.createServer(loop, ServerOptions.defaults().allowHalfOpen(true), socket -> {
            journal.add("accepted " + socket.readyState());
            socket.resume().onEnd(() -> {
                journal.add("accepted end " + socket.readyState());
                socket.end();
                journal.add("accepted ended " + socket.readyState());
            });
            socket.onClose(hadError -> journal.add("accepted close " + socket.readyState() + " " + hadError));
        });
        server.onConnection(socket -> server.close());
        server.listen(place.in(folder), null);
        Socket client = Net.connect(loop, place.connectTo(server));
        journal.add(client.readyState().toString());
        client.resume().onReady(() -> {
            journal.add("ready " + client.readyState());
            client.end();
            journal.add("ended " + client.readyState());
        });
        client.onClose(hadError -> journal.add("close " + client.readyState() + " " + hadError));
        loop.run();
        journal.expectInAnyOrder(
                "OPENING",
                "ready OPEN",
                "ended READ_ONLY",
                "accepted OPEN",
                "accepted end WRITE_ONLY",
                "accepted ended CLOSED",
                "close CLOSED false",
                "accepted close CLOSED false");
    }

    @Test
    @Covers("node:test-net-during-close")
    void whileItConnectsToAServerThatHasClosedAllCanBeAsked(Loop loop) throws Exception {
        ServerSocket gone = Peer.listener(Local.HOST, 0);
        Socket client = Net.connect(loop, gone.getLocalPort(), Local.HOST);
        gone.close();
        assertNull(client.address());
        assertNull(client.localAddress());
        assertNull(client.remoteAddress());
        assertTrue(client.isPending());
        assertEquals(0, client.bytesRead());
        client.onError(error -> journal.add(error.code()));
        loop.run();
        journal.expect("ECONNREFUSED");
        assertTrue(client.isPending());
    }

    @Test
    @Covers("node:test-net-after-close")
    void afterTheCloseNothingThrows(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Net.connect(loop, server.port(), Local.HOST);
            client.onConnect(() -> {
                assertNotNull(client.remoteAddress());
                client.end();
            });
            client.resume().onClose(hadError -> {
                assertSame(
                        client,
                        client.setNoDelay()
                                .setKeepAlive(true, 1)
                                .setTypeOfService(1)
                                .setTimeout(5)
                                .ref()
                                .unref());
                assertSame(client, client.pause());
                assertSame(client, client.resume());
                assertEquals(0, client.writableLength());
                assertNull(client.address());
                assertNotNull(client.remoteAddress(), "it was asked before");
                assertEquals(0, client.timeoutMillis());
                assertTrue(client.isPending());
                journal.add("close");
            });
            loop.run();
        }
        journal.expect("close");
    }

    @Test
    @Covers("S13")
    void theCallsThatSetSomethingReturnTheSocket(Loop loop) {
        Socket socket = new Socket(loop);
        assertSame(
                socket,
                socket.setTimeout(1, () -> {})
                        .setTimeout(0, () -> {})
                        .set(SocketOption.TCP_CORK, true)
                        .onLookup((address, family, host, error) -> {})
                        .onConnectionAttempt(remote -> {})
                        .onConnectionAttemptFailed((remote, error) -> {})
                        .onConnectionAttemptTimeout(remote -> {})
                        .onReady(() -> {})
                        .onTimeout(() -> {}));
        socket.destroy();
        loop.run();
    }
}
