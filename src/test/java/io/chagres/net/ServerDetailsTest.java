package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketOption;
import io.chagres.sys.Sockets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small print of a server: facts that Node's own files assert, each as it is there. */
@ConnectionTest
class ServerDetailsTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("node:test-net-listening")
    void isListeningIsTrueFromTheListenToTheClose(Loop loop) {
        Server server = Net.createServer(loop);
        assertFalse(server.isListening());
        server.listen(0, () -> {
            journal.add("listening " + server.isListening());
            server.close(error -> journal.add("closed " + server.isListening()));
        });
        loop.run();
        journal.expect("listening true", "closed false");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, true, 127.0.0.1, IPv4", "::1, true, ::1, IPv6", ", true, ::, IPv6", ", false, ::, IPv6"})
    @Covers("node:test-net-server-address")
    void theAddressOfAServerIsThatOfTheListen(String host, boolean named, String address, String family, Loop loop) {
        int port = named ? Peer.deadPort() : 0;
        Server server = Net.createServer(loop);
        server.listen(ListenOptions.at(host, port), () -> {
            assertEquals(address, server.address().address());
            assertEquals(family, server.address().family());
            if (named) {
                assertEquals(port, server.address().port());
            }
            journal.add("listening");
            server.close();
        });
        loop.run();
        journal.expect("listening");
    }

    /** Node refuses a listen whose options name no place. Here options begin with a place; a listen without options takes a free port. */
    @Test
    @Covers("node:test-net-server-listen-options")
    void listenOptionsWithoutAPlaceMeanAFreePort(Loop loop) {
        assertEquals(0, ListenOptions.class.getConstructors().length);
        for (ListenOptions where : List.of(ListenOptions.at(0), ListenOptions.at(Local.HOST, 0))) {
            Server server = Net.createServer(loop).listen(where);
            assertTrue(server.address().port() > 0);
            server.close();
        }
        Server without = Net.createServer(loop).listen();
        assertTrue(without.address().port() > 0);
        without.close();
        loop.run();
    }

    @Test
    @Covers({
        "node:test-net-server-reset",
        "node:test-net-connect-reset-until-connected",
        "node:test-net-socket-reset-send",
        "node:test-net-connect-reset-after-destroy"
    })
    void aServerResetsTwoConnectionsAndCloses(Loop loop) {
        List<Socket> accepted = new ArrayList<>();
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            socket.onClose(hadError -> journal.add("accepted close " + hadError));
            socket.onError(error -> journal.add("accepted error"));
            accepted.add(socket);
            if (accepted.size() == 2) {
                assertSame(server, server.close());
                accepted.forEach(each -> {
                    assertSame(each, each.resetAndDestroy().destroy());
                    each.write(Talk.buffer("x"), error -> journal.add(error.code() + " " + error.getMessage()));
                });
            }
        });
        server.onClose(journal.note("server close"));
        int port = server.listen(0, Local.HOST).address().port();
        for (int i = 0; i < 2; i++) {
            Local.connect(loop, port)
                    .onError(error -> journal.add(error.getMessage()))
                    .resume();
        }
        loop.run();
        journal.expectInAnyOrder(
                "server close",
                "accepted close false",
                "accepted close false",
                "read ECONNRESET",
                "read ECONNRESET",
                "ERR_STREAM_DESTROYED Cannot call write after a stream was destroyed",
                "ERR_STREAM_DESTROYED Cannot call write after a stream was destroyed");
    }

    @Test
    @Covers({"node:test-net-server-nodelay", "node:test-net-server-keepalive"})
    void anOptionThatTheServerHasSetIsNotSetAgain(Loop loop) {
        Server server =
                Net.createServer(loop, ServerOptions.defaults().noDelay(true).keepAlive(true, 1000));
        server.onConnection(socket -> {
            int fd = socket.handle().fd();
            // behind its back: so a call to the kernel would show
            Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 0);
            Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, 0);
            socket.setNoDelay(true).setKeepAlive(true, 1000);
            assertFalse(socket.get(SocketOption.TCP_NODELAY));
            assertFalse(socket.get(SocketOption.KEEP_ALIVE).isOn());
            for (int seconds : new int[] {2, 3}) {
                socket.setKeepAlive(true, seconds * 1000L);
                assertEquals(seconds, socket.get(SocketOption.KEEP_ALIVE).idle().toSeconds());
            }
            journal.add("asked");
            socket.destroy();
            server.close();
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("asked");
    }
}
