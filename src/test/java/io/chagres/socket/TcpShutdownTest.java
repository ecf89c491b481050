package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Shutdowns of TCP handles. */
@ConnectionTest
class TcpShutdownTest {

    private final Journal journal = new Journal();

    @Test
    @Covers({"libuv:not_writable_after_shutdown", "libuv:shutdown_twice"})
    void aShutdownMakesTheHandleNotWritableAtOnceAndASecondIsRefused(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        assertTrue(pair.client().isWritable());
        pair.client().shutdown(note("shutdown"));
        assertFalse(pair.client().isWritable());
        assertTrue(pair.client().isReadable());
        assertCode("ENOTCONN", () -> pair.client().shutdown(note("second")));
        assertCode("EPIPE", () -> pair.client().write(Talk.buffer("x"), note("never")));
        assertCode("EINVAL", () -> pair.accepted().shutdown(null));
        journal.expect();
        loop.run();
        assertCode("ENOTCONN", () -> pair.client().shutdown(note("third")));
        pair.close();
        loop.run();
        journal.expect("shutdown null");
    }

    @Test
    @Covers({"libuv:shutdown_eof", "libuv:tcp_shutdown_after_write", "S54"})
    void aShutdownCompletesAfterTheWritesAndReadingGoesOn(Loop loop) {
        Tcp client = new Tcp(loop);
        try (Peer<String> server = Peer.server(socket -> {
            String got = Talk.allText(socket);
            Talk.send(socket, got);
            return got;
        })) {
            client.connect(new SocketAddress(Local.HOST, server.port()), error -> {
                client.readStart(TcpPair.reader(bytes -> journal.add(Talk.text(bytes)), () -> {
                    journal.add("end");
                    assertFalse(client.isClosing());
                    client.close();
                }));
                client.write(Talk.buffer("Q"), note("write"));
                client.shutdown(note("shutdown"));
            });
            loop.run();
        }
        journal.expect("write null", "shutdown null", "Q", "end");
    }

    @Test
    @Covers("libuv:shutdown_simultaneous")
    void bothSidesMayShutDownAtTheSameTime(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        for (Tcp side : new Tcp[] {pair.client(), pair.accepted()}) {
            side.shutdown(note("shutdown"));
            side.readStart(TcpPair.reader(bytes -> journal.add("bytes"), () -> {
                journal.add("end");
                side.close();
            }));
        }
        loop.run();
        journal.expect("shutdown null", "shutdown null", "end", "end");
    }

    @Test
    @Covers("libuv:shutdown_close_tcp")
    void aCloseCancelsAPendingShutdownBeforeTheCloseCallback(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.client().shutdown(note("shutdown"));
        pair.client().close(journal.note("close"));
        pair.accepted().close();
        journal.expect();
        loop.run();
        journal.expect("shutdown ECANCELED", "close");
    }

    @Test
    void aShutdownWaitsForAllQueuedBytes(Loop loop) {
        Tcp client = new Tcp(loop);
        Gate queued = new Gate();
        try (Peer<Integer> server = Peer.server(socket -> {
            queued.await();
            return Talk.all(socket).length;
        })) {
            client.connect(new SocketAddress(Local.HOST, server.port()), error -> {
                client.write(ByteBuffer.allocate(16 << 20), note("write"));
                client.shutdown(failed -> {
                    assertEquals(0, client.writeQueueSize());
                    journal.add("shutdown");
                    client.close();
                });
                assertTrue(client.writeQueueSize() > 0);
                assertTrue(client.isShuttingDown());
                queued.open();
            });
            loop.run();
            assertEquals(16 << 20, server.result());
        }
        journal.expect("write null", "shutdown");
    }

    @Test
    void aShutdownAfterAResetFails(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.accepted()
                .closeReset(() -> pair.client().shutdown(error -> {
                    journal.add(error.getMessage());
                    pair.client().close();
                }));
        loop.run();
        journal.expect("shutdown ENOTCONN");
    }

    @Test
    void aShutdownWithoutAConnectionThrowsEnotconn(Loop loop) {
        Tcp tcp = new Tcp(loop);
        assertCode("ENOTCONN", () -> tcp.shutdown(note("never")));
        tcp.close();
        assertCode("ENOTCONN", () -> tcp.shutdown(note("never")));
        loop.run();
    }

    private Completion note(String what) {
        return error -> journal.add(what + " " + (error == null ? null : error.code()));
    }

    private static void assertCode(String code, Runnable call) {
        assertEquals(code, assertThrows(ChagresException.class, call::run).code());
    }
}
