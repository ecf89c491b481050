package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sockets over Unix sockets, as clients. */
@ConnectionTest
class SocketUnixTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();
    private Path path;

    @BeforeEach
    void choose() {
        path = folder.resolve("socket");
    }

    @Test
    void aConversationOverAPath(Loop loop) {
        try (UnixPeer<String> server = UnixPeer.server(path, channel -> {
            UnixPeer.send(channel, "hello");
            channel.shutdownOutput();
            return UnixPeer.allText(channel);
        })) {
            Socket client = Net.connect(loop, path.toString());
            SocketEvents.into(journal, "", client);
            client.write("early ");
            client.onEnd(() -> client.end("late"));
            loop.run();
            assertEquals("early late", server.result());
            assertEquals(5, client.bytesRead());
            assertEquals(10, client.bytesWritten());
        }
        journal.expect("connect", "data hello", "end", "finish", "close false");
    }

    @Test
    @Covers("node:test-net-connect-options-path")
    void everyFormOfConnectTakesAPath(Loop loop) {
        String name = path.toString();
        Runnable connected = journal.note("connected");
        List<Function<Loop, Socket>> forms = List.of(
                on -> Net.connect(on, name).onConnect(connected),
                on -> Net.connect(on, name, connected),
                on -> Net.connect(on, ConnectOptions.toPath(name)).onConnect(connected),
                on -> Net.connect(on, ConnectOptions.toPath(name), connected),
                on -> new Socket(on).connect(name).onConnect(connected),
                on -> new Socket(on).connect(name, connected),
                on -> new Socket(on).connect(ConnectOptions.toPath(name)).onConnect(connected),
                on -> new Socket(on).connect(ConnectOptions.toPath(name), connected),
                on -> new Socket(on, SocketOptions.defaults()).connect(name, connected),
                on -> new Socket(on).onConnect(connected).connect(name),
                on -> Net.connect(on, SocketOptions.defaults(), ConnectOptions.toPath(name), connected),
                on -> new Socket(on).onConnect(connected).connect(ConnectOptions.toPath(name)));
        Server server = Net.createServer(loop, socket -> socket.resume().end());
        server.listen(ListenOptions.atPath(name), null);
        int[] open = {forms.size()};
        for (Function<Loop, Socket> form : forms) {
            form.apply(loop).resume().onClose(hadError -> {
                if (--open[0] == 0) {
                    server.close();
                }
            });
        }
        loop.run();
        assertEquals(12, journal.count("connected"));
    }

    @Test
    void anAbstractNameNeedsNoFile(Loop loop) {
        String name = "\0chagres-" + ProcessHandle.current().pid() + "-client";
        Server server = Net.createServer(loop, socket -> socket.resume().end("hello"));
        server.onConnection(socket -> server.close());
        server.listen(ListenOptions.atPath(name), null);
        SocketEvents.into(journal, "", Net.connect(loop, name));
        loop.run();
        journal.expect("connect", "data hello", "end", "finish", "close false");
    }

    @Test
    @Covers("node:test-pipe-writev")
    void corkedWritesArriveTogether(Loop loop) {
        Server server = Net.createServer(loop, socket -> socket.onData(chunk -> journal.add(Talk.text(chunk))));
        server.onConnection(socket -> server.close());
        server.listen(ListenOptions.atPath(path.toString()), null);
        Socket client = Net.connect(loop, path.toString());
        client.onConnect(() -> {
            client.cork();
            client.write("pi");
            client.write("ng");
            client.uncork();
            client.end();
        });
        client.resume();
        loop.run();
        journal.expect("ping");
    }

    // ---- what goes wrong

    @Test
    @Covers({"node:test-net-pipe-connect-errors", "node:test-net-better-error-messages-path"})
    void connectToAMissingPathFailsWithEnoent(Loop loop) {
        SystemException error = failing(loop, path.toString());
        assertEquals("connect ENOENT " + path, error.getMessage());
        assertEquals("ENOENT", error.code());
        assertEquals("connect", error.syscall());
        assertEquals(path.toString(), error.address());
        assertEquals(0, error.port());
    }

    @Test
    @Covers("node:test-net-pipe-connect-errors")
    void aFileThatIsNoSocketRefuses(Loop loop) throws Exception {
        Files.createFile(path);
        assertEquals(
                "connect ECONNREFUSED " + path, failing(loop, path.toString()).getMessage());
    }

    @Test
    @Covers("node:test-net-pipe-connect-errors")
    void aSocketThatOneMayNotWriteDeniesAccess(Loop loop) throws Exception {
        try (var listener = UnixPeer.listener(path, 0)) {
            path.toFile().setWritable(false, false);
            Assumptions.assumeFalse(Files.isWritable(path), "skipped: this user may write everything");
            assertEquals(
                    "connect EACCES " + path, failing(loop, path.toString()).getMessage());
        }
    }

    @Test
    @Covers("node:test-net-pipe-with-long-path")
    void aPathThatIsTooLongIsNotCut(Loop loop) {
        String tooLong = "/tmp/" + "x".repeat(10_000);
        Net.connect(loop, tooLong, journal.note("connect"))
                .onError(error -> journal.add(error.getMessage()))
                .onClose(hadError -> journal.add("close " + hadError));
        loop.run();
        journal.expect("connect EINVAL " + tooLong, "close true");
    }

    private SystemException failing(Loop loop, String name) {
        SystemException[] seen = new SystemException[1];
        Socket client = Net.connect(loop, name, journal.note("connect"));
        client.write(Talk.buffer("x"), error -> journal.add("write " + error.code()));
        client.onError(error -> seen[0] = (SystemException) error);
        client.onConnectionAttempt(remote -> journal.add("attempt"));
        client.onClose(hadError -> journal.add("close " + hadError));
        loop.run();
        journal.expect("write ERR_SOCKET_CLOSED_BEFORE_CONNECTION", "close true");
        return seen[0];
    }

    @Test
    void destroyedWhileItConnectsItOnlyCloses(Loop loop) throws Exception {
        try (var listener = UnixPeer.listener(path, 0)) {
            Socket client = Net.connect(loop, path.toString());
            SocketEvents.into(journal, "", client);
            client.destroy();
            loop.run();
        }
        journal.expect("close false");
    }

    @Test
    void pathsThatAreNoneAreRefused() {
        assertEquals(
                "ERR_INVALID_ARG_TYPE",
                assertThrows(UsageException.class, () -> ConnectOptions.toPath(null))
                        .code());
        assertEquals(
                "The property 'options.path' is invalid. Received ''",
                assertThrows(UsageException.class, () -> ConnectOptions.toPath(""))
                        .getMessage());
        assertEquals(
                "The property 'options.path' is invalid. Received 'a?b'",
                assertThrows(UsageException.class, () -> ConnectOptions.toPath("a\0b"))
                        .getMessage());
    }

    // ---- what TCP has and Unix sockets have not

    @Test
    void settingsOfTcpHaveNoEffect(Loop loop) {
        try (UnixPeer<String> server = UnixPeer.server(path, UnixPeer::allText)) {
            Socket client =
                    new Socket(loop, SocketOptions.defaults().noDelay(true).typeOfService(8)).setKeepAlive(true, 1000);
            client.connect(path.toString(), () -> {
                assertSame(
                        client, client.setNoDelay(false).setKeepAlive(false, 0).setTypeOfService(0x10));
                assertEquals(0x10, client.getTypeOfService(), "what was set");
                assertNull(client.localAddress());
                assertNull(client.remoteAddress());
                assertNull(client.address());
                client.end();
            });
            client.resume();
            loop.run();
            assertEquals("", server.result());
        }
    }

    @Test
    void optionsOfAnySocketAreSetWhenItIsConnected(Loop loop) {
        try (UnixPeer<String> server = UnixPeer.server(path, UnixPeer::allText)) {
            Socket client = new Socket(loop).set(SocketOption.SO_SNDBUF, 20_000);
            assertEquals(20_000, client.get(SocketOption.SO_SNDBUF));
            client.connect(path.toString(), () -> {
                assertEquals(40_000, client.get(SocketOption.SO_SNDBUF));
                client.end();
            });
            client.resume();
            loop.run();
        }
    }

    @Test
    void aUnixSocketHasNoReset(Loop loop) {
        try (UnixPeer<String> server = UnixPeer.server(path, UnixPeer::allText)) {
            Socket client = new Socket(loop).resume();
            client.connect(path.toString(), () -> {
                assertEquals(
                        "ERR_INVALID_HANDLE_TYPE",
                        assertThrows(UsageException.class, client::resetAndDestroy)
                                .code());
                client.end("alive");
            });
            assertEquals(
                    "ERR_INVALID_HANDLE_TYPE",
                    assertThrows(UsageException.class, client::resetAndDestroy).code());
            loop.run();
            assertEquals("alive", server.result());
        }
    }
}
