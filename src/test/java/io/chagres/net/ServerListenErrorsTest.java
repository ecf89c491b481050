package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the world does against a listen arrives at onError, on a tick, and the server can listen again. */
@ConnectionTest
class ServerListenErrorsTest {

    private final Journal journal = new Journal();
    private SystemException error;

    @Test
    @Covers({"S76", "S78", "S83", "node:test-net-eaddrinuse", "node:test-net-better-error-messages-listen"})
    void aPortInUseNamesAddressAndPort(Loop loop) throws IOException {
        try (ServerSocket other = Peer.listener(Local.HOST, 0)) {
            int port = other.getLocalPort();
            server(loop).listen(port, Local.HOST, journal.note("listening"));
            journal.expect();
            loop.run();
            journal.expect("listen EADDRINUSE: address already in use 127.0.0.1:" + port);
            assertError("EADDRINUSE", Errno.EADDRINUSE, Local.HOST, port);
        }
    }

    @Test
    @Covers({"S75", "S76"})
    void anErrorOfAPortInUseNamesAllAddresses(Loop loop) {
        Server first = server(loop);
        int port = first.listen(0).address().port();
        server(loop).listen(port);
        loop.nextTick(first::close);
        loop.run();
        journal.expect("listen EADDRINUSE: address already in use :::" + port);
    }

    @Test
    @Covers({"node:test-net-server-try-ports", "node:test-net-bind-twice"})
    void aServerCanListenElsewhereAfterAnError(Loop loop) throws IOException {
        try (ServerSocket other = Peer.listener(Local.HOST, 0)) {
            Server server = server(loop);
            server.onError(refused -> {
                assertFalse(server.isListening());
                server.listen(0, Local.HOST, () -> {
                    journal.add("listening");
                    server.close(late -> journal.add("closed " + late));
                });
            });
            server.listen(other.getLocalPort(), Local.HOST, journal.note("never"));
            loop.run();
            journal.expect(
                    "listen EADDRINUSE: address already in use 127.0.0.1:" + other.getLocalPort(),
                    "listening",
                    "closed null");
        }
    }

    @Test
    @Covers({"node:test-net-listen-error", "libuv:tcp_bind_error_addrnotavail_2"})
    void aForeignAddressIsNotAvailable(Loop loop) {
        server(loop).listen(9, "4.4.4.4", journal.note("listening"));
        loop.run();
        assertTrue(error.getMessage().startsWith("listen EADDRNOTAVAIL: "), error.getMessage());
        assertTrue(error.getMessage().endsWith(" 4.4.4.4:9"), error.getMessage());
        assertError("EADDRNOTAVAIL", Errno.EADDRNOTAVAIL, "4.4.4.4", 9);
    }

    @Test
    @Covers("node:test-net-better-error-messages-listen")
    void aPortOf0IsNotNamed(Loop loop) {
        server(loop).listen(0, "4.4.4.4");
        loop.run();
        assertTrue(error.getMessage().endsWith(" 4.4.4.4"), error.getMessage());
    }

    @Test
    @Covers("S71")
    void listenOnAnUnknownNameFailsWithEnotfound(Loop loop) {
        server(loop).listen(0, "no-such-host.invalid", journal.note("listening"));
        loop.run();
        assertTrue(
                error.getMessage().matches("getaddrinfo (ENOTFOUND|EAI_AGAIN) no-such-host.invalid"),
                error.getMessage());
        assertEquals("no-such-host.invalid", error.hostname());
    }

    @Test
    void aZoneThatTheMachineDoesNotHaveIsInvalid(Loop loop) {
        server(loop).listen(0, "fe80::1%nosuchzone", journal.note("listening"));
        loop.run();
        assertTrue(error.getMessage().startsWith("listen EINVAL: "), error.getMessage());
    }

    @Test
    void aListenErrorWithoutAListenerIsThrownFromRun(Loop loop) throws IOException {
        try (ServerSocket other = Peer.listener(Local.HOST, 0)) {
            Net.createServer(loop, socket -> {}).listen(other.getLocalPort(), Local.HOST);
            SystemException thrown = assertThrows(SystemException.class, loop::run);
            assertEquals("EADDRINUSE", thrown.code());
            loop.run();
        }
    }

    private Server server(Loop loop) {
        return Net.createServer(loop, socket -> {}).onError(refused -> {
            error = (SystemException) refused;
            journal.add(refused.getMessage());
        });
    }

    private void assertError(String code, int errno, String address, int port) {
        assertEquals(code, error.code());
        assertEquals(errno, error.errno());
        assertEquals("listen", error.syscall());
        assertEquals(address, error.address());
        assertEquals(port, error.port());
    }

    @Test
    void aDescriptorThatCannotListenStaysWithTheCaller(Loop loop) {
        int[] pair = Pipe.socketpair();
        Descriptors.fcntl(pair[0], Descriptors.F_SETFL, Descriptors.O_RDWR);
        Server server = Net.createServer(loop).onError(error -> assertEquals("EINVAL", error.code()));
        server.listen(ListenOptions.atFd(pair[0]));
        loop.run();
        assertFalse(server.isListening());
        assertEquals(0, Descriptors.fcntl(pair[0], Descriptors.F_GETFL, 0) & Descriptors.O_NONBLOCK);
        Descriptors.close(pair[0]);
        Descriptors.close(pair[1]);
    }

    @Test
    void aPathInADirectoryThatDoesNotExistSaysSo(Loop loop, @TempDir Path folder) {
        String path = folder.resolve("no/socket").toString();
        List<String> errors = new ArrayList<>();
        Net.createServer(loop).onError(error -> errors.add(error.getMessage())).listen(path);
        loop.run();
        assertEquals(List.of("listen EACCES: permission denied " + path + " (its directory does not exist)"), errors);
    }
}
