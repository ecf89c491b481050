package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.sys.Errno;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

@ConnectionTest
class SocketConnectErrorsTest {

    private final Journal journal = new Journal();
    private ChagresException error;

    @Test
    @Covers({"S23", "node:test-net-better-error-messages-port", "node:test-net-connect-econnrefused"})
    void aRefusalNamesAddressAndPort(Loop loop) {
        int port = Peer.deadPort();
        Socket client = watched(Local.connect(loop, port));
        client.onError(refused -> assertFalse(client.isConnecting()));
        loop.run();
        journal.expect("error connect ECONNREFUSED 127.0.0.1:" + port, "close true");
        SystemException refused = (SystemException) error;
        assertEquals("ECONNREFUSED", refused.code());
        assertEquals(Errno.ECONNREFUSED, refused.errno());
        assertEquals("connect", refused.syscall());
        assertEquals("127.0.0.1", refused.address());
        assertEquals(port, refused.port());
        assertSame(refused, client.errored());
    }

    @Test
    @Covers("node:test-net-connect-local-error")
    void withALocalAddressAndPortTheErrorNamesThemToo(Loop loop) {
        int port = Peer.deadPort();
        int local = Peer.deadPort();
        watched(Net.connect(loop, options(port).localAddress(Local.HOST).localPort(local), null));
        loop.run();
        journal.expect(
                "error connect ECONNREFUSED 127.0.0.1:" + port + " - Local (127.0.0.1:" + local + ")", "close true");
        assertEquals(Local.HOST, ((SystemException) error).localAddress());
        assertEquals(local, ((SystemException) error).localPort());
    }

    @Test
    @Covers("S23")
    void withALocalAddressOnlyTheErrorDoesNotNameIt(Loop loop) {
        int port = Peer.deadPort();
        watched(Net.connect(loop, options(port).localAddress(Local.HOST), null));
        loop.run();
        journal.expect("error connect ECONNREFUSED 127.0.0.1:" + port, "close true");
    }

    @Test
    @Covers({"S17", "node:test-net-client-bind-twice"})
    void aLocalPortInUseFailsTheBind(Loop loop) throws IOException {
        try (ServerSocket busy = Peer.listener(Local.HOST, 0)) {
            int local = busy.getLocalPort();
            watched(Net.connect(
                    loop, options(Peer.deadPort()).localAddress(Local.HOST).localPort(local), null));
            loop.run();
            journal.expect("error bind EADDRINUSE 127.0.0.1:" + local, "close true");
            assertEquals("bind", ((SystemException) error).syscall());
        }
    }

    @Test
    @Covers("S19")
    void whatTheKernelRefusesAtOnceArrivesLaterAllTheSame(Loop loop) {
        watched(Net.connect(loop, ConnectOptions.to("::1", 9).localAddress(Local.HOST), null));
        journal.expect();
        loop.run();
        assertTrue(
                error.getMessage().matches("connect EAFNOSUPPORT ::1:9 - Local \\(127.0.0.1:[1-9]\\d*\\)"),
                error.getMessage());
    }

    @Test
    void aZoneThatTheMachineDoesNotHaveIsInvalid(Loop loop) {
        watched(Net.connect(loop, 9, "fe80::1%nosuchzone"));
        watched(Net.connect(loop, 9, "fe80::1%99999999999"));
        loop.run();
        assertEquals(2, journal.count("close true"));
        assertTrue(error.getMessage().startsWith("connect EINVAL fe80::1%"), error.getMessage());
    }

    @Test
    @Covers({"node:test-net-dns-error", "node:test-net-better-error-messages-port-hostname"})
    void connectToAnUnknownNameFailsWithEnotfound(Loop loop) {
        Socket client = watched(Net.connect(loop, 9, "no-such-host.invalid"));
        client.end();
        loop.run();
        SystemException unknown = (SystemException) error;
        assertTrue(
                unknown.getMessage().matches("getaddrinfo (ENOTFOUND|EAI_AGAIN) no-such-host.invalid"),
                unknown.getMessage());
        assertEquals("getaddrinfo", unknown.syscall());
        assertEquals("no-such-host.invalid", unknown.hostname());
        assertNull(unknown.address());
        assertEquals(0, unknown.port());
    }

    @Test
    void aNameWithANulInItIsNotCutThere(Loop loop) {
        watched(Net.connect(loop, 9, "127.0.0.1\0.example.invalid"));
        watched(Net.connect(loop, 9, "localhost\0.example.invalid"));
        loop.run();
        assertEquals(2, journal.count("close true"));
        assertEquals("ENOTFOUND", error.code());
    }

    @Test
    void anOverlongNameIsNotFound(Loop loop) {
        watched(Net.connect(loop, 9, "*".repeat(300)));
        loop.run();
        assertTrue(error.code().equals("ENOTFOUND") || error.code().startsWith("EAI_"), error.code());
    }

    @Test
    void aConnectErrorWithoutAListenerIsThrownFromRun(Loop loop) {
        Socket client = Local.connect(loop, Peer.deadPort());
        client.onClose(hadError -> journal.add("close " + hadError));
        SystemException thrown = assertThrows(SystemException.class, loop::run);
        assertEquals("ECONNREFUSED", thrown.code());
        loop.run();
        journal.expect("close true");
    }

    @Test
    void theUncaughtHandlerReceivesAConnectErrorWithoutAListener(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add(((ChagresException) thrown).code()));
        Local.connect(loop, Peer.deadPort()).onClose(hadError -> journal.add("close " + hadError));
        loop.run();
        journal.expect("ECONNREFUSED", "close true");
    }

    @Test
    @Covers("node:test-net-write-cb-on-destroy-before-connect")
    void writesAndTheEndThatWaitedLearnTheReasonBeforeTheErrorEvent(Loop loop) {
        int port = Peer.deadPort();
        Socket client = watched(Local.connect(loop, port));
        client.write(bytes("one"), failed -> journal.add("one " + failed.code()));
        client.write(bytes("two"), failed -> journal.add("two " + failed.code()));
        client.end(failed -> journal.add("end " + failed.code()));
        loop.run();
        assertEquals(1, journal.count("two ECONNREFUSED"));
        assertEquals(1, journal.count("end ECONNREFUSED"));
        assertEquals(1, journal.count("error connect ECONNREFUSED 127.0.0.1:" + port));
        assertEquals(1, journal.count("one ERR_SOCKET_CLOSED_BEFORE_CONNECTION"));
    }

    /** Node's test-net-connect-econnrefused: many refusals leave nothing. */
    @Test
    @Covers("node:test-net-connect-econnrefused")
    void manyRefusalsAreOneErrorEach(Loop loop) {
        int port = Peer.deadPort();
        for (int i = 0; i < 250; i++) {
            watched(Local.connect(loop, port));
        }
        loop.run();
        assertEquals(250, journal.count("error connect ECONNREFUSED 127.0.0.1:" + port));
        assertEquals(250, journal.count("close true"));
    }

    private static ByteBuffer bytes(String text) {
        return Talk.buffer(text);
    }

    private Socket watched(Socket client) {
        SocketEvents.into(journal, "", client);
        return client.onError(failed -> error = failed);
    }

    private static ConnectOptions options(int port) {
        return ConnectOptions.to(Local.HOST, port);
    }
}
