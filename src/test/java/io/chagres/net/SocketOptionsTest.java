package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Peer;
import io.chagres.fixture.SocketOptions;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Options as the kernel has them afterwards. */
@ConnectionTest
class SocketOptionsTest {

    @Test
    @Covers({"S92", "S93", "S104"})
    void byDefaultTheyAreTheSystems(Loop loop) {
        accepted(loop, new ServerOptions(), socket -> {
            assertEquals(0, noDelay(socket));
            assertEquals(0, keepAlive(socket));
            assertEquals(7200, keepIdle(socket));
        });
    }

    @Test
    @Covers({"S95", "S96", "S100"})
    void theyAreSetAtOnceOnAConnection(Loop loop) {
        accepted(loop, new ServerOptions(), socket -> {
            socket.setNoDelay(true).setKeepAlive(true, 5999);
            assertEquals(1, noDelay(socket));
            assertEquals(1, keepAlive(socket));
            assertEquals(5, keepIdle(socket));
            socket.setKeepAlive(true, 60_000);
            assertEquals(60, keepIdle(socket));
            socket.setNoDelay(false).setKeepAlive(false, 0);
            assertEquals(0, noDelay(socket));
            assertEquals(0, keepAlive(socket));
            assertEquals(60, keepIdle(socket), "the time stays, and means nothing");
        });
    }

    @Test
    @Covers("S96")
    void aDelayOf0OrLessLeavesTheSystemsAndALongOneIsCut(Loop loop) {
        accepted(loop, new ServerOptions(), socket -> {
            socket.setKeepAlive(true, 0);
            assertEquals(7200, keepIdle(socket));
            socket.setKeepAlive(true, -1000);
            assertEquals(7200, keepIdle(socket));
            socket.setKeepAlive(true, 999);
            assertEquals(7200, keepIdle(socket));
            socket.setKeepAlive(true, Long.MAX_VALUE);
            assertEquals(32767, keepIdle(socket));
        });
    }

    @Test
    @Covers({"node:test-net-server-nodelay", "node:test-net-server-keepalive"})
    void theServersAreThereBeforeTheConnectionEvent(Loop loop) {
        accepted(loop, new ServerOptions().noDelay(true).keepAlive(true, 3000), socket -> {
            assertEquals(1, noDelay(socket));
            assertEquals(1, keepAlive(socket));
            assertEquals(3, keepIdle(socket));
        });
    }

    @Test
    void theServersCanBeTakenBackOnASocket(Loop loop) {
        accepted(loop, new ServerOptions().noDelay(true).keepAlive(true, 3000), socket -> {
            socket.setNoDelay(false).setKeepAlive(false, 0);
            assertEquals(0, noDelay(socket));
            assertEquals(0, keepAlive(socket));
        });
    }

    @Test
    void aServersOptionThatTheKernelDoesNotKnowDoesNotCostTheConnection(Loop loop) {
        accepted(loop, new ServerOptions().keepAlive(true, Long.MAX_VALUE), socket -> assertEquals(1, keepAlive(socket)));
    }

    @Test
    @Covers({"node:test-net-connect-keepalive", "node:test-net-connect-nodelay", "node:test-net-persistent-nodelay",
        "node:test-net-persistent-keepalive"})
    void thoseOfAClientAreKeptUntilItIsConnected(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            ConnectOptions options = new ConnectOptions().port(server.port()).host(Local.HOST)
                .noDelay(true).keepAlive(true, 4000);
            Socket byOptions = Net.connect(loop, options, null);
            byOptions.onConnect(() -> {
                assertEquals(1, noDelay(byOptions));
                assertEquals(4, keepIdle(byOptions));
                byOptions.end();
            });
            byOptions.resume();
            loop.run();
        }
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket byCall = Local.connect(loop, server.port());
            byCall.setNoDelay(true).setKeepAlive(true, 2000).setNoDelay(false);
            byCall.onConnect(() -> {
                assertEquals(0, noDelay(byCall));
                assertEquals(1, keepAlive(byCall));
                assertEquals(2, keepIdle(byCall));
                byCall.end();
            });
            byCall.resume();
            loop.run();
        }
    }

    private static int noDelay(Socket socket) {
        return SocketOptions.noDelay(socket.localAddress().port(), socket.remoteAddress().port());
    }

    private static int keepAlive(Socket socket) {
        return SocketOptions.keepAlive(socket.localAddress().port(), socket.remoteAddress().port());
    }

    private static int keepIdle(Socket socket) {
        return SocketOptions.keepIdle(socket.localAddress().port(), socket.remoteAddress().port());
    }

    private static void accepted(Loop loop, ServerOptions options, Consumer<Socket> check) {
        boolean[] checked = {false};
        int port = Local.once(loop, options, socket -> {
            check.accept(socket);
            checked[0] = true;
            socket.end();
            socket.resume();
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, ""))) {
            loop.run();
        }
        assertTrue(checked[0]);
    }
}
