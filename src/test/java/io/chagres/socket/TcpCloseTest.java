package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Closes of TCP handles: the order of callbacks, and calls on a closed handle. */
@ConnectionTest
class TcpCloseTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("libuv:tcp_close")
    void allWriteCallbacksAreCalledBeforeTheCloseCallback(Loop loop) throws IOException {
        int[] completed = {0};
        try (ServerSocket backlog = Peer.listener(Local.HOST, 0)) {
            Tcp client = new Tcp(loop);
            client.connect(new SocketAddress(Local.HOST, backlog.getLocalPort()), error -> {
                assertNull(error);
                for (int i = 0; i < 32; i++) {
                    client.write(Talk.buffer("PING"), failed -> completed[0]++);
                }
                client.close(() -> {
                    assertEquals(32, completed[0]);
                    journal.add("close");
                });
                assertEquals(0, completed[0]);
            });
            loop.run();
        }
        journal.expect("close");
    }

    @Test
    void requestsAreCancelledInLibuvsOrderAndTheCloseComesLast(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.client().write(ByteBuffer.allocate(32 << 20), error -> journal.add("first " + error.code()));
        pair.client().write(Talk.buffer("x"), error -> journal.add("second " + error.code()));
        pair.client().shutdown(error -> journal.add("shutdown " + error.code()));
        pair.client().close(journal.note("close"));
        pair.accepted().close();
        assertEquals(-1, pair.client().fd());
        assertTrue(pair.client().isClosing());
        journal.expect();
        loop.run();
        journal.expect("first ECANCELED", "second ECANCELED", "shutdown ECANCELED", "close");
        assertTrue(pair.client().isClosed());
        assertEquals(0, pair.client().writeQueueSize());
    }

    @Test
    @Covers("libuv:tcp_close_after_read_timeout")
    void aReaderThatReceivedNothingMayCloseAndThePeerReadsTheEnd(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.client().readStart(TcpPair.reader(bytes -> journal.add("bytes"), journal.note("end")));
        pair.accepted().readStart(TcpPair.reader(bytes -> journal.add("bytes"), () -> {
            journal.add("accepted end");
            pair.accepted().close(journal.note("accepted close"));
        }));
        Timer.after(loop, 2, () -> {
            pair.client().readStop();
            pair.client().close(journal.note("client close"));
        });
        loop.run();
        assertEquals(1, journal.count("accepted end"));
        assertEquals(1, journal.count("accepted close"));
        assertEquals(1, journal.count("client close"));
        assertEquals(0, journal.count("bytes") + journal.count("end"));
    }

    @Test
    void aClosedTcpHandleRefusesEveryCall(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.close();
        assertCode("EBADF", () -> pair.client().write(Talk.buffer("x"), error -> {}));
        assertCode("EBADF", () -> pair.client().tryWrite(Talk.buffer("x")));
        assertCode("ENOTCONN", () -> pair.client().shutdown(error -> {}));
        assertCode("EINVAL", () -> pair.client().connect(new SocketAddress(Local.HOST, 9), error -> {}));
        assertCode("EINVAL", () -> pair.client().closeReset(() -> {}));
        assertCode("EINVAL", () -> pair.client().close(() -> {}));
        pair.client().close();
        loop.run();
    }

    /**
     * In one batch of events a client closes its listener and makes new connections. Their descriptors get the numbers of closed ones.
     * No old event may reach a new handle.
     */
    @Test
    @Covers("libuv:tcp_close_accept")
    void aReusedDescriptorNumberGetsNoEventOfTheClosedHandle(Loop loop) {
        Tcp listener = TcpPair.listening(loop);
        SocketAddress address = listener.localAddress();
        List<Tcp> accepted = new ArrayList<>();
        List<Tcp> clients = new ArrayList<>();
        listener.listen(128, _ -> {
            Tcp connection = new Tcp(loop);
            listener.accept(connection);
            accepted.add(connection);
            connection.readStart(TcpPair.reader(bytes -> renew(loop, listener, address, accepted, clients), () -> {}));
        });
        for (int i = 0; i < 2; i++) {
            Tcp client = new Tcp(loop);
            clients.add(client);
            client.connect(address, error -> client.write(Talk.buffer("x"), failed -> {}));
        }
        loop.run();
        assertEquals(2, journal.count("refused"));
    }

    /** Closes all handles but the new clients. They connect to a closed listener, so a success would be the event of another handle. */
    private void renew(Loop loop, Tcp listener, SocketAddress address, List<Tcp> accepted, List<Tcp> clients) {
        if (listener.isClosing() || accepted.size() < 2) {
            return;
        }
        listener.close();
        accepted.forEach(Tcp::close);
        clients.forEach(Tcp::close);
        for (int i = 0; i < 2; i++) {
            Tcp late = new Tcp(loop);
            late.connect(address, error -> {
                assertNotNull(error);
                journal.add("refused");
                late.close();
            });
        }
    }

    @Test
    @Covers("libuv:callback_stack")
    void noCallbackRunsInsideACallOfItsHandle(Loop loop) {
        boolean[] inside = {false};
        Tcp client = new Tcp(loop);
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "0123456789"))) {
            inside(
                    inside,
                    () -> client.connect(new SocketAddress(Local.HOST, server.port()), error -> {
                        called("connect", inside);
                        inside(inside, () -> client.write(Talk.buffer("x"), failed -> called("write", inside)));
                        inside(
                                inside,
                                () -> client.readStart(TcpPair.reader(
                                        bytes -> called("read", inside),
                                        () -> inside(inside, () -> client.close(() -> called("close", inside))))));
                        inside(inside, () -> client.shutdown(failed -> called("shutdown", inside)));
                    }));
            inside(inside, () -> Timer.after(loop, 0, () -> called("timer", inside)));
            loop.run();
        }
        for (String callback : List.of("connect", "write", "read", "close", "shutdown", "timer")) {
            assertEquals(1, journal.count(callback), callback);
        }
    }

    private static void inside(boolean[] inside, Runnable call) {
        boolean outer = inside[0];
        inside[0] = true;
        call.run();
        inside[0] = outer;
    }

    private void called(String callback, boolean[] inside) {
        assertFalse(inside[0], () -> callback + " was called inside a call");
        journal.add(callback);
    }

    private static void assertCode(String code, Runnable call) {
        assertEquals(code, assertThrows(ChagresException.class, call::run).code());
    }
}
