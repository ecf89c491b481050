package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Program;
import io.chagres.fixture.UnixPeer;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers on Unix sockets. */
@ConnectionTest
class ServerPathTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();
    private Path path;
    private SystemException error;

    @BeforeEach
    void choose() {
        path = folder.resolve("socket");
    }

    @Test
    @Covers({"S72", "node:test-net-server-listen-path", "node:test-pipe-address"})
    void everyFormOfListenTakesAPathAndReportsIt(Loop loop) {
        List<Consumer<Server>> forms = List.of(
                server -> server.listen(path.toString()),
                server -> server.listen(path.toString(), journal.note("callback")),
                server -> server.listen(ListenOptions.atPath(path.toString()).backlog(1), journal.note("callback")));
        for (Consumer<Server> form : forms) {
            Server server = echo(loop);
            assertNull(server.path());
            form.accept(server);
            assertEquals(path.toString(), server.path());
            assertNull(server.address());
            assertTrue(Files.exists(path));
            try (UnixPeer<String> client = UnixPeer.client(path, channel -> {
                UnixPeer.send(channel, "hello");
                channel.shutdownOutput();
                return UnixPeer.allText(channel);
            })) {
                loop.run();
                assertEquals("hello", client.result());
            }
            assertFalse(Files.exists(path));
            assertNull(server.path());
        }
        journal.expect("callback", "callback");
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    @Covers({"node:test-net-server-listen-path", "node:test-cluster-listen-pipe-readable-writable"})
    void theModeOfTheFileDecidesWhoMayConnect(boolean readableAll, boolean writableAll, Loop loop) throws IOException {
        Server server = echo(loop);
        server.listen(
                ListenOptions.atPath(path.toString()).readableAll(readableAll).writableAll(writableAll), null);
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        server.close();
        loop.run();
        if (readableAll || writableAll) {
            String others = (readableAll ? "r" : "-") + (writableAll ? "w-" : "--");
            assertEquals("rwx" + others + others, mode);
        } else {
            assertFalse(mode.endsWith("w-"), mode);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers({"node:test-net-server-listen-path", "node:test-net-better-error-messages-listen-path"})
    void aPathInUseIsNamedAndStays(boolean writableAll, Loop loop) throws IOException {
        try (ServerSocketChannel other = UnixPeer.listener(path, 0)) {
            failedListen(loop, ListenOptions.atPath(path.toString()).writableAll(writableAll));
            assertTrue(other.isOpen());
        }
        assertTrue(Files.exists(path));
        assertError("EADDRINUSE", "listen EADDRINUSE: address already in use " + path, path.toString());
        Files.delete(path);
    }

    /** A process that was killed leaves its file behind: the server says so, and who knows better removes it. */
    @Test
    void aSocketFileWithoutAListenerIsInUseUntilItIsRemoved(Loop loop) throws IOException {
        UnixPeer.listener(path, 0).close();
        Server server = echo(loop);
        server.onError(refused -> {
            journal.add(refused.code());
            remove();
            server.listen(path.toString(), server::close);
        });
        server.listen(path.toString(), null);
        loop.run();
        journal.expect("EADDRINUSE");
    }

    private void remove() {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Covers("node:test-net-better-error-messages-listen-path")
    void aFolderThatIsNotThereIsNotAccessible(Loop loop) {
        Path nowhere = folder.resolve("none").resolve("socket");
        failedListen(loop, ListenOptions.atPath(nowhere.toString()));
        assertError(
                "EACCES",
                "listen EACCES: permission denied " + nowhere + " (its directory does not exist)",
                nowhere.toString());
    }

    @Test
    @Covers("node:test-net-pipe-with-long-path")
    void aPathThatIsTooLongIsAnErrorOfTheListenAndNeverCut(Loop loop) throws IOException {
        Server server = echo(loop);
        String tooLong = folder.resolve("x".repeat(10_000)).toString();
        failedListen(loop, ListenOptions.atPath(tooLong));
        assertError("EINVAL", "listen EINVAL: invalid argument " + tooLong, tooLong);
        assertFalse(server.isListening());
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
        server.listen(path.toString(), server::close);
        loop.run();
    }

    @Test
    void whatIsNoPathIsRefused() {
        assertRefused("ERR_INVALID_ARG_TYPE", () -> ListenOptions.atPath(null));
        assertRefused("ERR_INVALID_ARG_VALUE", () -> ListenOptions.atPath(""));
        assertRefused("ERR_INVALID_ARG_VALUE", () -> ListenOptions.atPath("/tmp/a\0b"));
    }

    private static void assertRefused(String code, Runnable wrong) {
        UsageException refused = assertThrows(UsageException.class, wrong::run);
        assertEquals(code, refused.code());
        assertTrue(refused.getMessage().contains("options.path"), refused.getMessage());
    }

    // ---- abstract names

    @Test
    @Covers("node:test-pipe-abstract-socket")
    @Tag("host")
    void anAbstractNameNeedsNoFile(Loop loop) throws Exception {
        String name = "chagres-" + ProcessHandle.current().pid();
        Server server = echo(loop);
        server.listen("\0" + name, null);
        assertEquals("\0" + name, server.path());
        try (Program client = Program.python("""
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.connect('\\0' + sys.argv[1])
            s.sendall(b'hello')
            print(s.recv(100).decode())
            """, name)) {
            loop.run();
            assertEquals("hello", client.result());
        }
    }

    @Test
    @Covers("node:test-pipe-abstract-socket-http")
    @Tag("host")
    void httpOverAnAbstractName(Loop loop) throws Exception {
        String name = "chagres-http-" + ProcessHandle.current().pid();
        Server server = Net.createServer(loop);
        server.onConnection(socket -> socket.onData(
                request -> socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")));
        server.onConnection(socket -> server.close());
        server.listen("\0" + name, null);
        try (Program curl = Program.start("curl", "--silent", "--abstract-unix-socket", name, "http://localhost/")) {
            loop.run();
            assertEquals("ok", curl.result());
        } finally {
            server.close();
            loop.run();
        }
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "true, true"})
    @Covers("node:test-pipe-abstract-socket")
    void anAbstractNameHasNoMode(boolean readableAll, boolean writableAll) {
        ListenOptions where = ListenOptions.atPath("\0abstract");
        UsageException refused = assertThrows(
                UsageException.class, () -> where.readableAll(readableAll).writableAll(writableAll));
        assertEquals("ERR_INVALID_ARG_VALUE", refused.code());
        assertEquals(
                "The argument 'options' can not set readableAll or writableAll to true when path is abstract unix socket. "
                        + "Received '\\0abstract'",
                refused.getMessage());
    }

    // ---- as over TCP

    @Test
    @Covers("node:test-pipe-unref")
    void anUnreferencedServerKeepsNothingAlive(Loop loop) {
        Server server = echo(loop).unref();
        server.listen(path.toString(), journal.note("listening"));
        loop.run();
        journal.expect("listening");
        server.close();
        loop.run();
    }

    @Test
    @Covers("node:test-pipe-writev")
    void whatIsCorkedGoesAtOnce(Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            server.close();
            socket.cork();
            for (String part : new String[] {"hello", " ", "world"}) {
                socket.write(part);
            }
            socket.uncork();
            socket.end();
        });
        server.listen(path.toString(), null);
        try (UnixPeer<String> client = UnixPeer.client(path, channel -> {
            ByteBuffer bytes = ByteBuffer.allocate(100);
            channel.read(bytes);
            return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        })) {
            loop.run();
            assertEquals("hello world", client.result());
        }
    }

    @Test
    @Covers("node:test-net-server-pause-on-connect")
    void pausedOnConnectNothingIsReadUntilResume(Loop loop) {
        Server server = Net.createServer(
                loop,
                ServerOptions.defaults().pauseOnConnect(true).noDelay(true).keepAlive(true, 1000));
        server.onConnection(socket -> {
            server.close();
            assertTrue(socket.isPaused());
            socket.pipe(socket);
        });
        server.listen(path.toString(), null);
        try (UnixPeer<String> client = UnixPeer.client(path, channel -> {
            UnixPeer.send(channel, "hello");
            channel.shutdownOutput();
            return UnixPeer.allText(channel);
        })) {
            loop.run();
            assertEquals("hello", client.result());
        }
    }

    private static Server echo(Loop loop) {
        Server server = Net.createServer(loop, socket -> socket.pipe(socket));
        return server.onConnection(socket -> server.close());
    }

    private void failedListen(Loop loop, ListenOptions where) {
        Server server = echo(loop).onError(refused -> error = (SystemException) refused);
        server.listen(where, journal.note("listening"));
        assertFalse(server.isListening());
        assertNull(error);
        loop.run();
        journal.expect();
    }

    private void assertError(String code, String message, String address) {
        assertEquals(message, error.getMessage());
        assertEquals(code, error.code());
        assertEquals("listen", error.syscall());
        assertEquals(address, error.address());
        assertEquals(-1, error.port());
    }

    /** As a server that is replaced by a new one does: it makes its file while the old one still drains. */
    @Test
    void theFileOfAnotherServerIsNotRemoved(Loop loop) throws IOException {
        Server old = echo(loop);
        old.listen(path.toString());
        Files.delete(path);
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(path));
            old.close();
            loop.run();
            assertTrue(Files.exists(path), "the file is the other's");
        }
        Files.delete(path);
    }

    @Test
    void theModeOfTheFileOfAnotherServerIsNotChanged(Loop loop) throws IOException {
        Pipe old = new Pipe(loop);
        old.bind(path.toString());
        Files.delete(path);
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        PipePair.assertCode("ENOENT", () -> old.chmod(true, true));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        old.close();
        loop.run();
        assertTrue(Files.exists(path));
    }

    @Test
    void aSymbolicLinkInItsPlaceIsNotRemoved(Loop loop) throws IOException {
        Server old = echo(loop);
        old.listen(path.toString());
        Path moved = folder.resolve("moved");
        Files.move(path, moved);
        Files.createSymbolicLink(path, moved);
        old.close();
        loop.run();
        assertTrue(Files.isSymbolicLink(path));
    }
}
