package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.KernelOptions;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketOption;
import io.chagres.sys.Sockets;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Options as the kernel has them afterwards. */
@ConnectionTest
class SocketOptionsTest {

    @Test
    @Covers({"S92", "S93", "S104"})
    void byDefaultTheyAreTheSystems(Loop loop) {
        accepted(loop, ServerOptions.defaults(), socket -> {
            assertEquals(0, noDelay(socket));
            assertEquals(0, keepAlive(socket));
            assertEquals(7200, keepIdle(socket));
        });
    }

    @Test
    @Covers({"S95", "S96", "S100"})
    void theyAreSetAtOnceOnAConnection(Loop loop) {
        accepted(loop, ServerOptions.defaults(), socket -> {
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
        accepted(loop, ServerOptions.defaults(), socket -> {
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
        accepted(loop, ServerOptions.defaults().noDelay(true).keepAlive(true, 3000), socket -> {
            assertEquals(1, noDelay(socket));
            assertEquals(1, keepAlive(socket));
            assertEquals(3, keepIdle(socket));
        });
    }

    @Test
    void theServersCanBeTakenBackOnASocket(Loop loop) {
        accepted(loop, ServerOptions.defaults().noDelay(true).keepAlive(true, 3000), socket -> {
            socket.setNoDelay(false).setKeepAlive(false, 0);
            assertEquals(0, noDelay(socket));
            assertEquals(0, keepAlive(socket));
        });
    }

    @Test
    void aServersOptionThatTheKernelDoesNotKnowDoesNotCostTheConnection(Loop loop) {
        accepted(
                loop,
                ServerOptions.defaults().keepAlive(true, Long.MAX_VALUE),
                socket -> assertEquals(1, keepAlive(socket)));
    }

    @Test
    @Covers({
        "node:test-net-connect-keepalive",
        "node:test-net-connect-nodelay",
        "node:test-net-persistent-nodelay",
        "node:test-net-persistent-keepalive"
    })
    void thoseOfAClientAreKeptUntilItIsConnected(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            SocketOptions options = SocketOptions.defaults().noDelay(true).keepAlive(true, 4000);
            Socket byOptions = Net.connect(loop, options, ConnectOptions.to(Local.HOST, server.port()));
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

    @Test
    @Covers({"node:test-net-keepalive", "S95", "S103"})
    void keepAliveHasAnIntervalAndACount(Loop loop) {
        KeepAlive wanted = KeepAlive.ON
                .idle(Duration.ofSeconds(7))
                .interval(Duration.ofSeconds(3))
                .count(5);
        accepted(loop, ServerOptions.defaults().keepAlive(wanted), socket -> {
            assertEquals(wanted, socket.get(SocketOption.KEEP_ALIVE));
            socket.setKeepAlive(KeepAlive.OFF);
            assertFalse(socket.get(SocketOption.KEEP_ALIVE).isOn());
            socket.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(8)));
            assertEquals(wanted.idle(Duration.ofSeconds(8)), socket.get(SocketOption.KEEP_ALIVE));
        });
        assertEquals("EINVAL", codeOf(() -> SocketOptions.defaults().keepAlive(null)));
        assertEquals("EINVAL", codeOf(() -> ServerOptions.defaults().keepAlive(null)));
    }

    @Test
    @Covers("node:test-net-socket-setnodelay")
    void withoutAnArgumentNoDelayIsOnAndWhatIsSoAlreadyCostsNoCall(Loop loop) {
        accepted(loop, ServerOptions.defaults(), socket -> {
            assertEquals(0, noDelay(socket));
            assertEquals(1, noDelay(socket.setNoDelay()));
            Sockets.setsockopt(socket.handle().fd(), Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 0);
            assertEquals(0, noDelay(socket.setNoDelay(true)), "nothing was said to the kernel");
            socket.setKeepAlive(true, 5000);
            Sockets.setsockopt(socket.handle().fd(), Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, 0);
            assertEquals(0, keepAlive(socket.setKeepAlive(true, 5999)), "nor of keep-alive");
            assertEquals(1, keepAlive(socket.setKeepAlive(true, 6000)));
        });
    }

    @Test
    @Covers("node:test-net-socket-tos")
    void theTypeOfServiceIsKeptUntilItConnects(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = new Socket(loop).setTypeOfService(0x10);
            assertEquals(0x10, client.getTypeOfService());
            client.connect(server.port(), Local.HOST, () -> {
                assertEquals(0x10, client.getTypeOfService());
                for (int tos : new int[] {0, 255, 0x3F}) {
                    assertEquals(tos & 0xFC, client.setTypeOfService(tos).getTypeOfService() & 0xFC);
                }
                assertEquals("ERR_OUT_OF_RANGE", codeOf(() -> client.setTypeOfService(256)));
                assertEquals("ERR_OUT_OF_RANGE", codeOf(() -> client.setTypeOfService(-1)));
                client.end();
            });
            client.resume();
            loop.run();
        }
        assertEquals(0, new Socket(loop).getTypeOfService());
        assertEquals(
                "The value of \"options.typeOfService\" is out of range. It must be >= 0 && <= 255. Received 300",
                assertThrows(
                                UsageException.class,
                                () -> SocketOptions.defaults().typeOfService(300))
                        .getMessage());
    }

    @Test
    void anyOptionIsSetBeforeTheConnect(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = new Socket(
                    loop,
                    SocketOptions.defaults()
                            .typeOfService(8)
                            .set(SocketOption.SO_RCVBUF, 30_000)
                            .set(SocketOption.TCP_USER_TIMEOUT, Duration.ofSeconds(9)));
            client.set(SocketOption.SO_RCVBUF, 40_000);
            assertEquals(40_000, client.get(SocketOption.SO_RCVBUF));
            assertEquals("EBADF", codeOf(() -> client.get(SocketOption.SO_SNDBUF)));
            client.connect(server.port(), Local.HOST);
            client.onConnectionAttempt(remote -> client.set(SocketOption.TCP_CORK, true));
            client.onConnect(() -> {
                assertEquals(80_000, client.get(SocketOption.SO_RCVBUF));
                assertEquals(Duration.ofSeconds(9), client.get(SocketOption.TCP_USER_TIMEOUT));
                assertEquals(true, client.get(SocketOption.TCP_CORK));
                assertEquals(8, client.getTypeOfService());
                client.set(SocketOption.TCP_CORK, false);
                assertEquals(false, client.get(SocketOption.TCP_CORK));
                client.end();
            });
            client.resume();
            loop.run();
        }
    }

    @Test
    void anOptionThatTheKernelRefusesFailsTheConnect(Loop loop) {
        StringBuilder seen = new StringBuilder();
        new Socket(loop)
                .set(SocketOption.TCP_CONGESTION, "no-such")
                .connect(Peer.deadPort(), Local.HOST)
                .onError(error -> seen.append(error.getMessage()));
        loop.run();
        assertEquals("setsockopt ENOENT: no such file or directory (TCP_CONGESTION)", seen.toString());
        assertEquals("EINVAL", codeOf(() -> SocketOptions.defaults().set(SocketOption.SO_RCVBUF, -1)));
        assertEquals("EINVAL", codeOf(() -> new Socket(loop).set(SocketOption.SO_RCVBUF, null)));
    }

    private static String codeOf(Executable call) {
        return assertThrows(UsageException.class, call).code();
    }

    private static int noDelay(Socket socket) {
        return KernelOptions.noDelay(
                socket.localAddress().port(), socket.remoteAddress().port());
    }

    private static int keepAlive(Socket socket) {
        return KernelOptions.keepAlive(
                socket.localAddress().port(), socket.remoteAddress().port());
    }

    private static int keepIdle(Socket socket) {
        return KernelOptions.keepIdle(
                socket.localAddress().port(), socket.remoteAddress().port());
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
