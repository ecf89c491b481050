package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;

/** TCP handles and their requests that keep the loop alive, or not. */
@ConnectionTest
class TcpRefTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("libuv:tcp_ref")
    void aNewTcpHandleDoesNotKeepTheLoopAlive(Loop loop) {
        Tcp tcp = new Tcp(loop);
        assertFalse(loop.run());
        tcp.unref();
        assertFalse(loop.run());
        tcp.close();
        loop.run();
    }

    @Test
    @Covers("libuv:tcp_ref2")
    void anUnreferencedTcpListenerDoesNotKeepTheLoopAlive(Loop loop) {
        Tcp tcp = listening(loop);
        tcp.unref();
        assertFalse(tcp.hasRef());
        assertTrue(tcp.isActive());
        assertFalse(loop.run());
        tcp.close();
        loop.run();
    }

    @Test
    @Covers("libuv:tcp_ref2b")
    void theCloseCallbackOfAnUnreferencedListenerIsCalledOnce(Loop loop) {
        Tcp tcp = listening(loop);
        tcp.unref();
        tcp.close(journal.note("close"));
        loop.run();
        journal.expect("close");
    }

    @Test
    @Covers("libuv:tcp_ref3")
    void connectAndShutdownOfAnUnreferencedTcpHandleKeepTheLoopAlive(Loop loop) {
        Tcp client = new Tcp(loop);
        try (Peer<String> server = Peer.server(Talk::allText)) {
            client.connect(new SocketAddress(Local.HOST, server.port()), error -> {
                journal.add("connect");
                client.shutdown(failed -> journal.add("shutdown"));
            });
            client.unref();
            assertFalse(loop.run());
        }
        journal.expect("connect", "shutdown");
        client.close();
        loop.run();
    }

    @Test
    @Covers("libuv:tcp_ref4")
    void writesOfAnUnreferencedTcpHandleKeepTheLoopAlive(Loop loop) {
        Tcp client = new Tcp(loop);
        try (Peer<Integer> server = Peer.server(socket -> Talk.all(socket).length)) {
            client.connect(new SocketAddress(Local.HOST, server.port()), error -> {
                assertNull(error);
                client.write(ByteBuffer.allocate(32767), failed -> {
                    journal.add("write");
                    client.shutdown(late -> journal.add("shutdown"));
                });
            });
            client.unref();
            assertFalse(loop.run());
            assertEquals(32767, server.result());
        }
        journal.expect("write", "shutdown");
        client.close();
        loop.run();
    }

    @Test
    void aTcpHandleIsActiveOnlyWhileItReadsOrListens(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        assertFalse(pair.client().isActive());
        pair.client().write(ByteBuffer.allocate(32 << 20), error -> {});
        assertFalse(pair.client().isActive());
        pair.client().readStart(TcpPair.reader(bytes -> {}, () -> {}));
        assertTrue(pair.client().isActive());
        pair.client().readStop();
        assertFalse(pair.client().isActive());
        pair.close();
        assertFalse(pair.client().isActive());
        loop.run();
    }

    private static Tcp listening(Loop loop) {
        Tcp tcp = TcpPair.listening(loop);
        tcp.listen(128, _ -> {});
        return tcp;
    }
}
