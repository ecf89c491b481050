package io.chagres.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.proxy.ProxyHeader;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A connection that leaves its socket, and the next socket that it gets. */
@ConnectionTest
class SocketDetachTest {

    private final Journal journal = new Journal();

    @Test
    void theUnreadBytesAreTheFirstDataOfTheNextSocket(Loop loop) {
        Server second = reading(loop);
        Socket client = serve(
                loop,
                socket -> socket.onReadable(() -> {
                    ByteBuffer all = socket.read();
                    if (all != null) {
                        all.position(3);
                        socket.unshift(all);
                        adoptOrClose(
                                second,
                                socket.onClose(error -> journal.add("closed " + error))
                                        .detach());
                    }
                }));
        client.write("abcdef");
        client.onData(answer -> client.end("ghi"));
        loop.run();
        journal.expect("adopted", "closed false", "data def", "data ghi", "end");
    }

    @Test
    void theBytesOfACutCharacterMove(Loop loop) {
        Server second = reading(loop);
        Socket client = serve(
                loop,
                socket -> socket.onText(UTF_8, text -> {
                    journal.add("text " + text);
                    adoptOrClose(second, socket.detach());
                }));
        client.write(ByteBuffer.wrap(new byte[] {'a', (byte) 0xc3}));
        client.onData(answer -> client.end(ByteBuffer.wrap(new byte[] {(byte) 0xa4})));
        loop.run();
        journal.expect("text a", "adopted", "data \ufffd", "data \ufffd", "end");
    }

    @Test
    void countersTimeoutAndSettingsOfTheKernelMove(Loop loop) {
        KeepAlive probes = KeepAlive.every(Duration.ofSeconds(77)).count(5);
        Server second = Net.createServer(loop, socket -> {
            assertEquals(5, socket.bytesRead());
            assertEquals(2, socket.bytesWritten());
            assertEquals(12_345, socket.timeoutMillis());
            assertTrue(socket.get(SocketOption.TCP_NODELAY));
            assertEquals(probes, socket.get(SocketOption.KEEP_ALIVE));
            socket.setNoDelay(false).setKeepAlive(KeepAlive.OFF);
            assertFalse(socket.get(SocketOption.TCP_NODELAY));
            assertFalse(socket.get(SocketOption.KEEP_ALIVE).isOn());
            socket.resume().end();
        });
        Socket client = serve(loop, socket -> {
            socket.setTimeout(12_345).setNoDelay().setKeepAlive(probes);
            socket.onData(bytes -> {
                socket.write("ok");
                adoptOrClose(second, socket.detach());
            });
        });
        client.write("hello");
        client.resume();
        loop.run();
        journal.expect();
    }

    @Test
    void aHalfOpenConnectionStaysHalfOpenAndEndsAgain(Loop loop) {
        Server second = Net.createServer(
                loop,
                socket -> socket.onEnd(() -> {
                            journal.add("second end");
                            socket.end("late");
                        })
                        .resume());
        Socket client = serve(
                loop,
                ServerOptions.defaults().allowHalfOpen(true),
                socket -> socket.onEnd(() -> {
                            journal.add("first end");
                            adoptOrClose(second, socket.detach());
                        })
                        .resume());
        client.onText(UTF_8, journal::add);
        client.end();
        loop.run();
        journal.expect("first end", "second end", "late");
    }

    @Test
    void aSocketThatCannotMoveIsLeftAsItIs(Loop loop) {
        Socket client = serve(loop, socket -> socket.onText(UTF_8, journal::add));
        assertCode("EALREADY", client);
        assertCode("ENOTCONN", new Socket(loop));
        client.onConnect(() -> {
            client.cork();
            client.write("a");
            assertCode("EBUSY", client);
            client.uncork();
            FarewellLayer layer = new FarewellLayer(client);
            client.setLayer(layer);
            assertCode("EBUSY", client);
            client.setLayer(null);
            client.end("b");
            assertCode("EBUSY", client);
        });
        client.resume();
        loop.run();
        assertCode("ENOTCONN", client);
        journal.expect("ab");
    }

    @Test
    void aConnectionThatIsNotAdoptedStaysWithTheCaller(Loop loop) {
        Server full = reading(loop).setMaxConnections(0);
        Server second = reading(loop);
        Socket client = serve(loop, socket -> {
            DetachedSocket connection = socket.detach();
            int fd = connection.fd();
            assertFalse(full.adopt(connection));
            assertEquals(fd, connection.fd());
            assertTrue(second.adopt(connection));
            assertEquals(-1, connection.fd());
            assertEquals(
                    "EBADF",
                    assertThrows(UsageException.class, () -> second.adopt(connection))
                            .code());
            connection.close();
        });
        client.resume().end("x");
        loop.run();
        journal.expect("adopted", "data x", "end");
    }

    @Test
    void aClosedConnectionEndsForThePeer(Loop loop) {
        Socket client = serve(loop, socket -> {
            try (DetachedSocket connection = socket.detach()) {
                assertTrue(connection.toString().startsWith("DetachedSocket (fd "), connection.toString());
            }
        });
        client.onEnd(journal.note("end")).resume();
        loop.run();
        journal.expect("end");
    }

    @Test
    void descriptorAndStateMakeTheSameConnectionInAnotherProcess(Loop loop) {
        int[] pair = Pipe.socketpair();
        PipePair.writeRaw(pair[1], "kernel");
        DetachedSocket byHand = DetachedSocket.of(pair[0]);
        assertEquals(0, byHand.state().getLong(0));
        ByteBuffer state = ByteBuffer.allocate(28)
                .putLong(9)
                .putLong(4)
                .putLong(50_000)
                .put((byte) 1)
                .put("abc".getBytes(UTF_8))
                .flip();
        DetachedSocket moved = DetachedSocket.of(byHand.take(), state);
        assertEquals(state, moved.state());
        assertEquals("abc", Talk.text(moved.unread()));
        assertTrue(moved.allowHalfOpen());
        Server server = Net.createServer(loop, socket -> {
            journal.add(socket.bytesRead() + " " + socket.bytesWritten() + " " + socket.timeoutMillis());
            StringBuilder text = new StringBuilder();
            socket.onText(UTF_8, piece -> {
                text.append(piece);
                if (text.toString().equals("abckernel")) {
                    socket.destroy();
                }
            });
        });
        assertTrue(server.adopt(moved));
        loop.run();
        DetachedSocket.of(pair[1]).close();
        journal.expect("9 4 50000");
    }

    @Test
    void theHeaderOfTheProxyProtocolMoves(Loop loop) {
        ProxyHeader header = ProxyHeader.of(new SocketAddress("192.0.2.1", 5), new SocketAddress("192.0.2.9", 10));
        int[] pair = Pipe.socketpair();
        ByteBuffer state = ByteBuffer.allocate(200).put(24, (byte) 4);
        state.position(25).put(header.encode()).put("abc".getBytes(UTF_8)).flip();
        DetachedSocket moved = DetachedSocket.of(pair[0], state);
        assertEquals(header, moved.proxyHeader());
        assertEquals(state, moved.state());
        Server server = Net.createServer(loop, socket -> {
            assertEquals(header.source(), socket.remoteAddress());
            DetachedSocket again = socket.detach();
            assertEquals(header, again.proxyHeader());
            assertEquals("abc", Talk.text(again.unread()));
            again.close();
        });
        assertTrue(server.adopt(moved));
        loop.run();
        DetachedSocket.of(pair[1]).close();
    }

    @Test
    void badDescriptorsAndStatesAreRefused(Loop loop) {
        List<Runnable> wrong = new ArrayList<>();
        wrong.add(() -> DetachedSocket.of(-1));
        wrong.add(() -> DetachedSocket.of(5, ByteBuffer.allocate(24)));
        wrong.add(() -> DetachedSocket.of(5, ByteBuffer.allocate(25).put(24, (byte) 8)));
        wrong.add(() -> DetachedSocket.of(5, ByteBuffer.allocate(25).putLong(0, -1)));
        wrong.forEach(call -> assertEquals(
                "EINVAL", assertThrows(UsageException.class, call::run).code()));
        int[] files = Pipe.pipe2();
        DetachedSocket closed = DetachedSocket.of(files[0]);
        DetachedSocket again = DetachedSocket.of(files[0]);
        closed.close();
        assertThrows(io.chagres.SystemException.class, () -> reading(loop).adopt(again));
        assertEquals(files[0], again.fd());
        DetachedSocket.of(files[1]).close();
    }

    @Test
    void aServerWithABufferOfItsOwnTakesNoUnreadBytes(Loop loop) {
        int[] pair = Pipe.socketpair();
        DetachedSocket moved = DetachedSocket.of(pair[0], ByteBuffer.allocate(26));
        Server server = Net.createServer(
                loop,
                ServerOptions.defaults().onRead(ByteBuffer.allocate(8), (socket, buffer, count) -> true),
                socket -> {});
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> server.adopt(moved)).code());
        moved.close();
        DetachedSocket.of(pair[1]).close();
    }

    @Test
    void aDetachedListenerKeepsItsBacklog(Loop loop) {
        Server first = Net.createServer(loop, socket -> journal.add("first"));
        Server second = Net.createServer(loop, socket -> {
            journal.add("second");
            socket.end();
        });
        first.listen(0, Local.HOST, () -> {
            int port = first.address().port();
            first.onClose(journal.note("first closed"));
            Socket waiting = Local.connect(loop, port).resume();
            int fd = first.fd();
            assertEquals(fd, first.detach());
            assertEquals(-1, first.fd());
            assertEquals(
                    "ERR_SERVER_NOT_RUNNING",
                    assertThrows(UsageException.class, first::detach).code());
            first.close();
            waiting.onConnect(() -> second.listen(ListenOptions.atFd(fd)));
            waiting.onClose(error -> second.close());
        });
        loop.run();
        journal.expect("first closed", "second");
    }

    private static void assertCode(String code, Socket socket) {
        assertEquals(code, assertThrows(UsageException.class, socket::detach).code());
    }

    private static void adoptOrClose(Server server, DetachedSocket connection) {
        if (!server.adopt(connection)) {
            connection.close();
        }
    }

    private Server reading(Loop loop) {
        return Net.createServer(loop, socket -> {
            journal.add("adopted");
            socket.write("?");
            socket.onData(bytes -> journal.add("data " + UTF_8.decode(bytes.duplicate())));
            socket.onEnd(journal.note("end"));
        });
    }

    /** Returns a client of a server that accepts one connection. */
    private static Socket serve(Loop loop, Consumer<Socket> listener) {
        return serve(loop, ServerOptions.defaults(), listener);
    }

    private static Socket serve(Loop loop, ServerOptions options, Consumer<Socket> listener) {
        return Local.connect(loop, Local.once(loop, options, listener));
    }
}
