package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.RawSocket;
import io.chagres.fixture.TcpPair;
import io.chagres.fixture.UnixPeer;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers on handles and descriptors that other code has made. */
@ConnectionTest
class ServerHandleTest {

    private static final int NOBODYS = 99_999;

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();
    private ChagresException error;

    // ---- handles

    @ParameterizedTest
    @EnumSource
    @Covers({"S67", "S68", "S74", "node:test-net-server-listen-handle"})
    void aBoundHandleBecomesTheHandleOfTheServer(Place place, Loop loop) {
        SocketHandle handle = bound(place, loop);
        int fd = handle.fd();
        Server server = echo(loop);
        server.listen(handle, journal.note("listening"));
        assertEquals(fd, handle.fd());
        assertEquals("hello", visit(server, loop));
        assertTrue(handle.isClosed());
        journal.expect("listening");
    }

    @ParameterizedTest
    @CsvSource({"TCP, true", "TCP, false", "UNIX, true", "UNIX, false"})
    @Covers({"S68", "node:test-net-server-listen-handle"})
    void aServerTakesAHandleThatListensAlready(Place place, boolean inOptions, Loop loop) {
        SocketHandle handle = bound(place, loop);
        if (handle instanceof Tcp tcp) {
            tcp.listen(1, _ -> journal.add("of the handle"));
        } else {
            ((Pipe) handle).listen(1, _ -> journal.add("of the handle"));
        }
        Server server = echo(loop);
        if (inOptions) {
            server.listen(ListenOptions.atHandle(handle), null);
        } else {
            server.listen(handle);
        }
        assertEquals("hello", visit(server, loop));
        journal.expect();
    }

    @Test
    @Covers("S68")
    void theListenOnAHandleWhoseBindFailedReportsThatError(Loop loop) {
        try (RawSocket other = RawSocket.listening()) {
            Tcp tcp = new Tcp(loop);
            tcp.bind(new SocketAddress(Local.HOST, other.port()));
            failedListen(loop, ListenOptions.atHandle(tcp));
            assertEquals("listen EADDRINUSE: address already in use", error.getMessage());
            assertTrue(tcp.isClosed());
        }
    }

    @Test
    void closingTheHandleClosesTheServer(Loop loop) {
        Tcp tcp = TcpPair.listening(loop);
        Server server = echo(loop).onClose(journal.note("close"));
        server.listen(tcp, null);
        tcp.close();
        loop.run();
        journal.expect("close");
        assertFalse(server.isListening());
    }

    @Test
    void aHandleOfAnotherLoopAClosedOneAndWhatIsNoneAreRefused(Loop loop) {
        Server server = echo(loop);
        try (Loop other = new Loop()) {
            Tcp elsewhere = new Tcp(other);
            assertRefused("EINVAL", "another loop", () -> server.listen(elsewhere, null));
            assertFalse(elsewhere.isClosing());
        }
        Tcp closed = new Tcp(loop);
        closed.close();
        assertRefused("EINVAL", "closed handle", () -> server.listen(closed, null));
        assertRefused("ERR_INVALID_ARG_TYPE", "options.handle", () -> server.listen((SocketHandle) null, null));
        Pipe ipc = new Pipe(loop, true);
        assertRefused("EINVAL", "ipc", () -> server.listen(ipc, null));
        assertFalse(server.isListening());
        loop.run();
    }

    // ---- descriptors

    @ParameterizedTest
    @EnumSource
    @Covers({"S69", "S80", "node:test-net-server-listen-handle"})
    void aDescriptorIsWhatTheKernelSays(Place place, Loop loop) {
        SocketHandle handle = bound(place, loop);
        int fd = duplicate(handle.fd());
        Server server = echo(loop);
        server.listen(ListenOptions.atFd(fd), journal.note("listening"));
        assertEquals(place == Place.UNIX, server.path() != null);
        assertEquals("hello", visit(server, loop));
        assertTrue(isFree(fd), "it was the server's to close");
        handle.close();
        loop.run();
        journal.expect("listening");
    }

    @Test
    @Covers({"S80", "node:test-net-server-listen-handle"})
    void aServerCannotListenOnAFile(Loop loop) {
        try (Descriptor file = Descriptor.file("/proc/self/maps")) {
            failedListen(loop, ListenOptions.atFd(file.fd()));
            assertEquals("listen EINVAL: invalid argument", error.getMessage());
            assertEquals("EINVAL", error.code());
            assertNull(((SystemException) error).address());
            assertFalse(isFree(file.fd()), "it stays with who has it");
        }
    }

    @Test
    @Covers("node:test-listen-fd-ebadf")
    void aServerCannotListenOnAClosedDescriptor(Loop loop) {
        failedListen(loop, ListenOptions.atFd(NOBODYS));
        assertEquals("listen EINVAL: invalid argument", error.getMessage());
    }

    /** It is a pipe by its kind, and found to be no socket by listen(2). It stays the caller's. */
    @Test
    @Covers("S80")
    void anEndOfAPipeIsNoSocket(Loop loop) {
        int[] ends = Pipe.pipe2();
        failedListen(loop, ListenOptions.atFd(ends[0]));
        assertEquals("listen ENOTSOCK: socket operation on non-socket", error.getMessage());
        assertFalse(isFree(ends[0]));
        Descriptors.close(ends[0]);
        Descriptors.close(ends[1]);
    }

    @Test
    void aConnectionCannotListen(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        int connection = duplicate(pair.client().fd());
        failedListen(loop, ListenOptions.atFd(connection));
        assertEquals("listen EINVAL: invalid argument", error.getMessage());
        assertFalse(isFree(connection));
        Descriptors.close(connection);
        pair.close();
        loop.run();
    }

    @Test
    void aDescriptorThatAnotherHandleWatchesIsRefused(Loop loop) {
        Tcp other = TcpPair.listening(loop);
        other.listen(1, _ -> {});
        assertRefused(
                "EEXIST", "descriptor " + other.fd(), () -> echo(loop).listen(ListenOptions.atFd(other.fd()), null));
        assertTrue(other.isActive());
        other.close();
        loop.run();
    }

    @Test
    void aNegativeNumberIsNoDescriptor(Loop loop) {
        assertRefused("ERR_INVALID_ARG_VALUE", "options.fd", () -> ListenOptions.atFd(-1));
    }

    // ---- in common

    private SocketHandle bound(Place place, Loop loop) {
        if (place == Place.TCP) {
            return TcpPair.listening(loop);
        }
        Pipe pipe = new Pipe(loop);
        pipe.bind(folder.resolve("socket").toString());
        return pipe;
    }

    private static int duplicate(int fd) {
        return SystemException.check(Descriptors.fcntl(fd, Descriptors.F_DUPFD_CLOEXEC, 0), "fcntl");
    }

    /** What the server answers to "hello"; it has closed then. */
    private static String visit(Server server, Loop loop) {
        try (UnixPeer<String> client = Place.client(server, channel -> {
            UnixPeer.send(channel, "hello");
            channel.shutdownOutput();
            return UnixPeer.allText(channel);
        })) {
            loop.run();
            return client.result();
        }
    }

    private static Server echo(Loop loop) {
        Server server = Net.createServer(loop, socket -> socket.pipe(socket));
        return server.onConnection(socket -> server.close());
    }

    private void failedListen(Loop loop, ListenOptions where) {
        Server server = echo(loop).onError(refused -> error = refused);
        server.listen(where, journal.note("listening"));
        assertFalse(server.isListening());
        loop.run();
        journal.expect();
        server.close();
        loop.run();
    }

    private static void assertRefused(String code, String named, Runnable wrong) {
        UsageException refused = assertThrows(UsageException.class, wrong::run);
        assertEquals(code, refused.code());
        assertTrue(refused.getMessage().contains(named), refused.getMessage());
    }

    private static boolean isFree(int fd) {
        return Descriptors.fcntl(fd, Descriptors.F_GETFD, 0) == -Errno.EBADF;
    }
}
