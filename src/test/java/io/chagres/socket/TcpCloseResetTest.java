package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.sys.Sockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closes that send a reset: {@link Tcp#closeReset}. */
@ConnectionTest
class TcpCloseResetTest {

    private final Journal journal = new Journal();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers({"libuv:tcp_close_reset_client", "libuv:tcp_close_reset_accepted"})
    void closeResetCompletesTheWritesThenTheCloseAndResetsThePeer(boolean byClient, Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        Tcp resetting = byClient ? pair.client() : pair.accepted();
        Tcp other = byClient ? pair.accepted() : pair.client();
        other.readStart(TcpPair.reader(bytes -> {}, journal.note("end"), error -> {
            journal.add(error.code());
            other.close();
        }));
        for (int i = 0; i < 4; i++) {
            resetting.write(Talk.buffer("PING"), error -> journal.add("write"));
        }
        resetting.closeReset(journal.note("close"));
        assertCode("ENOTCONN", () -> resetting.shutdown(error -> {}));
        loop.run();
        assertEquals(4, journal.count("write"));
        assertEquals(1, journal.count("close"));
        assertEquals(1, journal.count("ECONNRESET"));
        assertEquals(0, journal.count("end"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers({"libuv:tcp_close_reset_client_after_shutdown", "libuv:tcp_close_reset_accepted_after_shutdown"})
    void closeResetIsRefusedWhileAShutdownIsPending(boolean byClient, Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        Tcp resetting = byClient ? pair.client() : pair.accepted();
        resetting.shutdown(error -> journal.add("shutdown " + error));
        assertCode("EINVAL", () -> resetting.closeReset(journal.note("close")));
        assertFalse(resetting.isClosing());
        loop.run();
        journal.expect("shutdown null");
        pair.close();
        loop.run();
        journal.expect();
    }

    @Test
    @Covers("libuv:tcp_close_reset_accepted_after_socket_shutdown")
    void closeResetSucceedsIfTheDescriptorWasShutDownElsewhere(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        assertEquals(0, Sockets.shutdown(pair.accepted().fd(), Sockets.SHUT_RDWR));
        pair.accepted().closeReset(journal.note("close"));
        pair.client().close();
        loop.run();
        journal.expect("close");
    }

    @Test
    void closeResetWithoutASocketIsAPlainClose(Loop loop) {
        Tcp tcp = new Tcp(loop);
        assertCode("EINVAL", () -> tcp.closeReset(null));
        tcp.closeReset(journal.note("close"));
        assertTrue(tcp.isClosing());
        loop.run();
        journal.expect("close");
    }

    private static void assertCode(String code, Runnable call) {
        assertEquals(code, assertThrows(ChagresException.class, call::run).code());
    }
}
