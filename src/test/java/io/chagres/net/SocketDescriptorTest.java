package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.Family;
import io.chagres.address.HostLookup;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A socket on a descriptor that is there already. */
@ConnectionTest
class SocketDescriptorTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    @Test
    void aConnectedDescriptorIsReadAtOnce(Loop loop) {
        int[] pair = Pipe.socketpair();
        Socket one = on(loop, pair[0]);
        Socket other = on(loop, pair[1]);
        SocketEvents.into(journal, "one ", one);
        SocketEvents.into(journal, "other ", other);
        assertFalse(one.isPending());
        assertEquals(ReadyState.OPEN, one.readyState());
        other.end("hello");
        loop.run();
        journal.expect(
                "other finish",
                "one data hello",
                "one end",
                "one finish",
                "one close false",
                "other end",
                "other close false");
    }

    @Test
    void aTcpConnectionKnowsItsPeer(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket socket = on(loop, connected(server.port()));
            assertEquals(server.port(), socket.remoteAddress().port());
            socket.resume().end("hello");
            loop.run();
            assertEquals("hello", server.result());
        }
    }

    /** A TCP socket that blocks, so that it is connected when connect(2) returns. */
    private static int connected(int port) {
        int fd = Sockets.socket(Sockets.AF_INET, Sockets.SOCK_STREAM, 0);
        MemorySegment address = Memory.allocate(SockAddr.SIZE);
        assertEquals(0, Sockets.connect(fd, address, SockAddr.putInet(address, new byte[] {127, 0, 0, 1}, port)));
        return fd;
    }

    @Test
    void aConnectedDescriptorGetsAllOptions(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            SocketOptions options = SocketOptions.defaults()
                    .fd(connected(server.port()))
                    .noDelay(true)
                    .keepAlive(KeepAlive.every(Duration.ofSeconds(7)))
                    .typeOfService(8)
                    .set(SocketOption.SO_SNDBUF, 30_000);
            Socket socket = new Socket(loop, options);
            assertTrue(socket.get(SocketOption.TCP_NODELAY));
            assertEquals(
                    Duration.ofSeconds(7), socket.get(SocketOption.KEEP_ALIVE).interval());
            assertEquals(8, socket.getTypeOfService());
            assertEquals(60_000, socket.get(SocketOption.SO_SNDBUF));
            socket.resume().end("hello");
            loop.run();
            assertEquals("hello", server.result());
        }
    }

    @Test
    void anOptionThatTheKernelRefusesDestroysTheSocketOfAConnectedDescriptor(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            SocketOptions options =
                    SocketOptions.defaults().fd(connected(server.port())).set(SocketOption.TCP_CONGESTION, "no-such");
            new Socket(loop, options)
                    .onError(error -> journal.add(error.getMessage()))
                    .onClose(hadError -> journal.add("close " + hadError));
            loop.run();
            assertEquals("", server.result());
        }
        journal.expect("setsockopt ENOENT: no such file or directory (TCP_CONGESTION)", "close true");
    }

    @Test
    @Covers({"node:test-net-connect-options-fd", "node:test-net-socket-constructor"})
    void aBoundDescriptorConnectsWithItsName(Loop loop) {
        Path served = folder.resolve("server");
        Server server = Net.createServer(loop, socket -> {
            journal.add("from " + ((Pipe) socket.handle()).remoteName());
            socket.resume();
        });
        server.onConnection(socket -> server.close());
        server.listen(ListenOptions.atPath(served.toString()), null);
        Pipe bound = new Pipe(loop);
        String name = folder.resolve("client").toString();
        bound.bind(name);
        int fd = Descriptors.fcntl(bound.fd(), Descriptors.F_DUPFD_CLOEXEC, 0);
        Socket client = on(loop, fd);
        assertTrue(client.isPending());
        assertTrue(client.isReadable());
        assertTrue(client.isWritable());
        client.connect(served.toString(), () -> {
            assertEquals(fd, client.handle().fd());
            bound.close();
            client.end();
        });
        client.resume();
        loop.run();
        journal.expect("from " + name);
    }

    @Test
    void aDescriptorOfTheOtherFamilyCannotConnect(Loop loop) {
        Socket unix = on(loop, Sockets.socket(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0));
        Socket tcp = on(loop, Sockets.socket(Sockets.AF_INET, Sockets.SOCK_STREAM, 0));
        assertEquals("ERR_INVALID_HANDLE_TYPE", codeOf(() -> unix.connect(9)));
        assertEquals("ERR_INVALID_HANDLE_TYPE", codeOf(() -> tcp.connect("/tmp/x")));
        unix.destroy();
        tcp.destroy();
        loop.run();
    }

    @Test
    @Covers("node:test-net-end-close")
    void theEndOfAPipeThatIsReadCanNotBeWritten(Loop loop) {
        int[] pipe = Pipe.pipe2();
        Socket reader = on(loop, pipe[0]);
        Socket writer = on(loop, pipe[1]);
        assertEquals(ReadyState.READ_ONLY, reader.readyState());
        assertEquals(ReadyState.WRITE_ONLY, writer.readyState());
        SocketEvents.into(journal, "reader ", reader);
        SocketEvents.into(journal, "writer ", writer);
        writer.end("hello");
        loop.run();
        journal.expect("writer finish", "reader data hello", "writer close false", "reader end", "reader close false");
    }

    // ---- a handle

    @Test
    @Covers("node:test-net-boundsocket")
    void aBoundHandleIsASocketsAddress(Loop loop) throws IOException {
        Tcp bound = new Tcp(loop);
        bound.bind(new SocketAddress(Local.HOST, 0));
        SocketAddress local = bound.localAddress();
        Tcp second = new Tcp(loop);
        try (ServerSocket listener = Peer.listener(Local.HOST, 0)) {
            second.bind(new SocketAddress(Local.HOST, listener.getLocalPort()));
            assertEquals("EADDRINUSE", codeOf(second::localAddress));
        }
        second.close();
        try (Peer<Integer> server = Peer.server(java.net.Socket::getPort)) {
            Socket client = new Socket(loop, SocketOptions.defaults().handle(bound)).resume();
            client.connect(server.port(), Local.HOST, () -> assertEquals(local, client.localAddress()));
            loop.run();
            assertEquals(local.port(), server.result());
        }
        assertTrue(bound.isClosed());
    }

    @Test
    @Covers("node:test-net-boundsocket")
    void anAbstractNameOfABoundHandleIsTheAddressOfTheSocket(Loop loop) {
        String name = "\0chagres-" + ProcessHandle.current().pid() + "-bound";
        Server server = Net.createServer(loop, socket -> {
            journal.add(((Pipe) socket.handle()).remoteName().substring(1));
            socket.resume();
        });
        server.onConnection(socket -> server.close());
        server.listen(ListenOptions.atPath(name + "-server"), null);
        Pipe bound = new Pipe(loop);
        bound.bind(name);
        new Socket(loop, SocketOptions.defaults().handle(bound))
                .connect(name + "-server")
                .resume()
                .end();
        loop.run();
        journal.expect(name.substring(1));
    }

    @Test
    void aHandleThatCanNotBeASocketsIsRefused(Loop loop) {
        Tcp closed = new Tcp(loop);
        closed.close();
        assertEquals(
                "EINVAL", codeOf(() -> new Socket(loop, SocketOptions.defaults().handle(closed))));
        assertEquals(
                "ERR_INVALID_ARG_TYPE", codeOf(() -> SocketOptions.defaults().handle(null)));
        loop.run();
    }

    @Test
    void aGivenDescriptorThatIsNeverConnectedIsClosedWithTheSocket(Loop loop) {
        Tcp tcp = new Tcp(loop, Family.IPV4);
        Socket socket = new Socket(loop, SocketOptions.defaults().handle(tcp));
        socket.destroy();
        loop.run();
        assertTrue(tcp.isClosed());
    }

    @Test
    void closingAGivenHandleDestroysTheSocket(Loop loop) {
        Tcp tcp = new Tcp(loop, Family.IPV4);
        Socket socket = new Socket(loop, SocketOptions.defaults().handle(tcp));
        SocketEvents.into(journal, "", socket);
        tcp.close();
        loop.run();
        journal.expect("close false");
    }

    @Test
    void givenAwayForSeveralAddressesItIsForTheFirst(Loop loop) {
        Tcp tcp = new Tcp(loop);
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket socket = new Socket(loop, SocketOptions.defaults().handle(tcp)).resume();
            socket.connect(ConnectOptions.to(server.port())
                    .lookup((host, options, answer) -> answer.accept(
                            List.of(HostLookup.Address.of("::1"), HostLookup.Address.of(Local.HOST)), null)));
            socket.onConnect(() -> {
                assertTrue(tcp.isClosing());
                socket.end("second");
            });
            loop.run();
            assertEquals("second", server.result());
        }
    }

    // ---- what is no descriptor for it

    @Test
    @Covers("node:test-net-socket-constructor")
    void aNegativeNumberIsOutOfRange() {
        UsageException error = assertThrows(
                UsageException.class, () -> SocketOptions.defaults().fd(-1));
        assertEquals("ERR_OUT_OF_RANGE", error.code());
        assertEquals(
                "The value of \"options.fd\" is out of range. It must be >= 0 && <= 2147483647. Received -1",
                error.getMessage());
    }

    @Test
    void aNumberThatIsNotOpenIsRefused(Loop loop) {
        assertEquals("EBADF", codeOf(() -> on(loop, 65_000)));
    }

    @Test
    void whatIsNoStreamIsRefusedAndStaysOpen(Loop loop) {
        int udp = Sockets.socket(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        UsageException error = assertThrows(UsageException.class, () -> on(loop, udp));
        assertEquals("ERR_INVALID_FD_TYPE", error.code());
        assertEquals("Unsupported fd type: UDP", error.getMessage());
        assertEquals(0, Descriptors.close(udp));
    }

    private static String codeOf(Runnable call) {
        return assertThrows(ChagresException.class, call::run).code();
    }

    private static Socket on(Loop loop, int fd) {
        return new Socket(loop, SocketOptions.defaults().fd(fd));
    }
}
