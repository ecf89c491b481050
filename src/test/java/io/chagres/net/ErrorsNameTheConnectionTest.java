package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.SystemException;
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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An error of an established connection says which one: its peer, its own address, a path. */
@ConnectionTest
@Tag("no-qemu")
class ErrorsNameTheConnectionTest {

    private final Journal journal = new Journal();
    private final List<ChagresException> errors = new ArrayList<>();

    private static Peer<SocketAddress> resetting(String host, int port) {
        return Peer.client(host, port, socket -> {
            SocketAddress own = new SocketAddress(socket.getLocalAddress().getHostAddress(), socket.getLocalPort());
            Talk.send(socket, new byte[100_000]);
            Talk.reset(socket);
            return own;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aReadThatFailsNamesThePeer(String host, Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            server.close();
            socket.resume().onError(errors::add);
            socket.onError(error -> assertNotNull(socket.remoteAddress()));
            socket.onClose(
                    hadError -> journal.add("close of " + socket.remoteAddress().port()));
        });
        server.listen(0, host);
        try (Peer<SocketAddress> client = resetting(host, server.address().port())) {
            loop.run();
            SystemException error = (SystemException) errors.get(0);
            assertEquals("read ECONNRESET", error.getMessage());
            assertEquals(client.result(), new SocketAddress(error.address(), error.port()));
            assertNull(error.localAddress());
            assertEquals("io.chagres.SystemException: read ECONNRESET (" + client.result() + ")", error.toString());
            journal.expect("close of " + client.result().port());
        }
    }

    @Test
    void aWriteThatFailsNamesThePeer(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.onError(errors::add).resume();
            writeOn(socket);
        });
        try (Peer<SocketAddress> client = Peer.client(port, socket -> {
            SocketAddress own = new SocketAddress(Local.HOST, socket.getLocalPort());
            Talk.reset(socket);
            return own;
        })) {
            loop.run();
            SystemException error = (SystemException) errors.get(0);
            assertEquals(client.result(), new SocketAddress(error.address(), error.port()), error::toString);
        }
    }

    private static void writeOn(Socket socket) {
        socket.write(ByteBuffer.allocate(1 << 20), error -> {
            if (error == null) {
                writeOn(socket);
            }
        });
    }

    @Test
    void anErrorOfAHandleNamesThePeer(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        SocketAddress peer = pair.client().localAddress();
        pair.client().closeReset(() -> {});
        pair.accepted().readStart(TcpPair.reader(bytes -> {}, () -> {}, errors::add));
        loop.run();
        SystemException error = (SystemException) errors.get(0);
        assertEquals(peer, new SocketAddress(error.address(), error.port()));
        pair.accepted().close();
        loop.run();
    }

    @Test
    void anErrorOverAUnixSocketNamesThePath(Loop loop, @TempDir Path folder) {
        Server server = Net.createServer(loop, socket -> {
            socket.onError(errors::add).resume();
            writeOn(socket);
        });
        String path = folder.resolve("s").toString();
        server.listen(path);
        Socket client = Net.connect(loop, path);
        client.onConnect(() -> {
            client.destroy();
            server.close();
        });
        loop.run();
        SystemException error = (SystemException) errors.get(0);
        assertEquals(path, error.address());
        assertEquals("io.chagres.SystemException: " + error.getMessage() + " (" + path + ")", error.toString());
    }

    @Test
    void anErrorWithoutAListenerNamesTheSocketAndSaysSo(Loop loop) {
        int port = Local.once(loop, Socket::resume);
        try (Peer<SocketAddress> client = resetting(Local.HOST, port)) {
            SystemException error = assertThrows(SystemException.class, loop::run);
            assertEquals("read ECONNRESET", error.getMessage());
            assertEquals(
                    "io.chagres.SystemException: read ECONNRESET (" + client.result()
                            + "); no onError listener on Socket (destroyed, -> " + client.result() + ")",
                    error.toString());
            loop.run();
        }
    }

    @Test
    void anErrorOfAServerWithoutAListenerNamesTheServer(Loop loop) {
        Server first = Net.createServer(loop).listen(0, Local.HOST);
        Server second = Net.createServer(loop);
        second.listen(first.address().port(), Local.HOST);
        SystemException error = assertThrows(SystemException.class, loop::run);
        assertEquals(
                "io.chagres.SystemException: listen EADDRINUSE: address already in use " + first.address()
                        + "; no onError listener on Server (not listening, 0 connections)",
                error.toString());
        first.close();
        loop.run();
    }

    @Test
    @Covers("node:test-net-remote-address-port")
    void thePeerIsKnownAtTheCloseThoughItWasNeverAskedFor(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.resume();
            socket.onClose(hadError ->
                    journal.add(hadError + " " + socket.remoteAddress().port()));
        });
        try (Peer<Integer> client = Peer.client(port, java.net.Socket::getLocalPort)) {
            loop.run();
            journal.expect("false " + client.result());
        }
    }

    @Test
    void aSocketThatWasNeverConnectedHasNoPeerAtTheClose(Loop loop) {
        Socket socket = new Socket(loop);
        socket.onError(errors::add).onClose(hadError -> assertNull(socket.remoteAddress()));
        socket.destroy(new UsageException("E", "x"));
        loop.run();
        assertTrue(errors.get(0) instanceof UsageException);
    }
}
