package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Completion;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connects of TCP handles: refusals, cancellation, and requests that are made meanwhile. */
@ConnectionTest
class TcpConnectTest {

    private final Journal journal = new Journal();
    private Tcp tcp;

    @BeforeEach
    void create(Loop loop) {
        tcp = new Tcp(loop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    @Covers({"libuv:connection_fail", "libuv:tcp_local_connect_timeout", "libuv:tcp6_local_connect_timeout", "S20"})
    void aRefusedConnectCallsItsCallbackOnceAndLater(String host, Loop loop) {
        tcp.connect(new SocketAddress(host, Peer.deadPort()), error -> {
            journal.add(error.getMessage());
            tcp.close(journal.note("close"));
        });
        journal.expect();
        assertTrue(tcp.isConnecting());
        loop.run();
        journal.expect("connect ECONNREFUSED", "close");
    }

    @Test
    @Covers("libuv:connection_fail_doesnt_auto_close")
    void aRefusalLeavesTheHandleOpen(Loop loop) {
        tcp.connect(dead(), note("connect"));
        loop.run();
        journal.expect("connect ECONNREFUSED");
        assertFalse(tcp.isClosing());
        assertTrue(tcp.fd() >= 0);
        tcp.close();
        loop.run();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    @Covers("libuv:connect_unspecified")
    void connectToTheUnspecifiedAddressReachesThisMachine(String host, Loop loop) {
        tcp.connect(new SocketAddress(host, Peer.deadPort()), error -> {
            assertNotEquals("EADDRNOTAVAIL", error.code());
            tcp.close();
        });
        loop.run();
    }

    @Test
    @Covers({"libuv:tcp_connect_error_fault", "libuv:tcp_connect6_error_fault"})
    void connectWithoutAnAddressOrCallbackThrows(Loop loop) {
        assertCode("EINVAL", () -> tcp.connect(null, note("connect")));
        assertCode("EINVAL", () -> tcp.connect(dead(), null));
        assertFalse(tcp.isConnecting());
        close(loop);
    }

    @Test
    void connectThrowsAnImmediateErrorAndNeverCallsTheCallback(Loop loop) {
        tcp.bind(new SocketAddress(Local.HOST, 0));
        SystemException refused =
                assertThrows(SystemException.class, () -> tcp.connect(new SocketAddress("::1", 9), note("connect")));
        assertEquals("EAFNOSUPPORT", refused.code());
        assertFalse(tcp.isWritable());
        close(loop);
    }

    @Test
    void aSecondConnectWhileOneIsPendingIsRefused(Loop loop) {
        tcp.connect(dead(), note("connect"));
        assertCode("EALREADY", () -> tcp.connect(dead(), note("second")));
        loop.run();
        journal.expect("connect ECONNREFUSED");
        close(loop);
    }

    @Test
    @Covers({"libuv:tcp_connect_timeout", "libuv:tcp_close_while_connecting"})
    void closingDuringAConnectCancelsItBeforeTheCloseCallback(Loop loop) throws IOException {
        try (FullBacklog full = new FullBacklog()) {
            Timer other = Timer.after(loop, 60_000, journal.note("never"));
            tcp.connect(new SocketAddress(full.host(), full.port()), error -> {
                journal.add(error.code());
                other.close();
            });
            Timer.after(loop, 5, () -> {
                assertTrue(tcp.isConnecting());
                tcp.close(journal.note("close"));
                journal.expect();
            });
            loop.run();
            journal.expect("ECANCELED", "close");
        }
    }

    @Test
    @Covers("libuv:tcp_write_after_connect")
    void aQueuedWriteIsCancelledWhenTheConnectIsRefused(Loop loop) {
        tcp.connect(dead(), note("connect"));
        assertTrue(tcp.isWritable());
        tcp.write(Talk.buffer("TEST"), note("write"));
        assertEquals(4, tcp.writeQueueSize());
        assertEquals(0, tcp.tryWrite(Talk.buffer("TEST")));
        loop.run();
        journal.expect("connect ECONNREFUSED", "write ECANCELED");
        assertEquals(0, tcp.writeQueueSize());
        close(loop);
    }

    @Test
    @Covers("libuv:tcp_connect_error_after_write")
    void aRefusedHandleMayCloseInTheConnectCallbackAndItsWriteIsCancelled(Loop loop) {
        assertCode("EBADF", () -> tcp.write(Talk.buffer("TEST"), note("never")));
        tcp.connect(dead(), error -> {
            journal.add("connect " + error.code());
            tcp.close(journal.note("close"));
        });
        tcp.write(Talk.buffer("TEST"), note("write"));
        loop.run();
        journal.expect("connect ECONNREFUSED", "write ECANCELED", "close");
    }

    @Test
    void aWriteMadeDuringAConnectIsSentOnceConnected(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "reply"))) {
            tcp.connect(new SocketAddress(Local.HOST, server.port()), note("connect"));
            tcp.write(Talk.buffer("early"), note("write"));
            tcp.shutdown(note("shutdown"));
            loop.run();
            assertEquals("early", server.result());
        }
        journal.expect("connect null", "write null", "shutdown null");
        close(loop);
    }

    /** Reading may be started while the handle connects, as in libuv. */
    @Test
    void readingStartedDuringAConnectReadsOnceConnected(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "reply"))) {
            tcp.connect(new SocketAddress(Local.HOST, server.port()), note("connect"));
            tcp.readStart(TcpPair.reader(bytes -> journal.add(Talk.text(bytes)), tcp::close));
            loop.run();
        }
        journal.expect("connect null", "reply");
    }

    @Test
    void readingStartedDuringARefusedConnectGetsNoBytesAndNoEnd(Loop loop) {
        tcp.connect(dead(), note("connect"));
        tcp.readStart(
                TcpPair.reader(bytes -> journal.add("bytes"), journal.note("end"), error -> journal.add("error")));
        loop.run(RunMode.ONCE);
        assertEquals(1, journal.count("connect ECONNREFUSED"));
        close(loop);
        assertEquals(0, journal.count("bytes") + journal.count("end"));
    }

    @Test
    void aShutdownMadeDuringAConnectCompletesAfterIt(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            tcp.connect(new SocketAddress(Local.HOST, server.port()), note("connect"));
            tcp.shutdown(note("shutdown"));
            loop.run();
            assertEquals("", server.result());
        }
        journal.expect("connect null", "shutdown null");
        close(loop);
    }

    @Test
    void aShutdownMadeDuringARefusedConnectFails(Loop loop) {
        tcp.connect(dead(), note("connect"));
        tcp.shutdown(note("shutdown"));
        loop.run();
        journal.expect("connect ECONNREFUSED", "shutdown ENOTCONN");
        close(loop);
    }

    private static SocketAddress dead() {
        return new SocketAddress(Local.HOST, Peer.deadPort());
    }

    private Completion note(String what) {
        return error -> journal.add(what + " " + (error == null ? null : error.code()));
    }

    private void close(Loop loop) {
        tcp.close();
        loop.run();
    }

    private static void assertCode(String code, Runnable call) {
        ChagresException refused = assertThrows(ChagresException.class, call::run);
        assertEquals(code, refused.code());
        assertTrue(refused instanceof UsageException || refused instanceof SystemException);
    }
}
