package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A socket that lends its reader a buffer, instead of data events. */
@ConnectionTest
class SocketLentBufferTest {

    private final Journal journal = new Journal();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Covers("node:test-net-onread-static-buffer")
    void theSameBufferIsLentForEachRead(boolean direct, Loop loop) {
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(8) : ByteBuffer.allocate(8);
        read(loop, SocketOptions.defaults().onRead(buffer, (socket, lent, count) -> {
            assertSame(buffer, lent);
            journal.add(text(lent, count));
            return true;
        }));
        journal.expect("hello wo", "rld", "end", "close false");
    }

    @Test
    void itIsReadIntoFromItsPositionToItsLimit(Loop loop) {
        ByteBuffer buffer = ByteBuffer.allocate(20).position(5).limit(9);
        read(loop, SocketOptions.defaults().onRead(buffer, (socket, lent, count) -> {
            assertEquals(5, lent.position());
            assertEquals(9, lent.limit());
            journal.add(text(lent, count));
            return true;
        }));
        journal.expect("hell", "o wo", "rld", "end", "close false");
    }

    @Test
    @Covers("node:test-net-onread-static-buffer")
    void aSupplierIsAskedBeforeEachRead(Loop loop) {
        ByteBuffer[] pool = {ByteBuffer.allocate(2), ByteBuffer.allocate(2), ByteBuffer.allocate(2)};
        int[] asked = {0};
        StringBuilder got = new StringBuilder();
        read(loop, SocketOptions.defaults().onRead(() -> pool[asked[0]++ % 3], (socket, lent, count) -> {
            assertSame(pool[(asked[0] - 1) % 3], lent);
            got.append(text(lent, count));
            return true;
        }));
        assertEquals("hello world", got.toString());
        assertEquals(7, asked[0], "six reads, and the one that finds the end");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Covers({"node:test-net-onread-static-buffer", "S29"})
    void pauseOrFalseStopsItUntilResume(boolean byPause, Loop loop) {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        boolean[] stopped = {false};
        read(loop, SocketOptions.defaults().onRead(buffer, (socket, lent, count) -> {
            assertFalse(stopped[0]);
            journal.add(text(lent, count));
            stopped[0] = true;
            if (byPause) {
                socket.pause();
            }
            Timer.after(loop, 10, () -> {
                stopped[0] = false;
                socket.resume();
            });
            return byPause;
        }));
        journal.expect("hello wo", "rld", "end", "close false");
    }

    private void read(Loop loop, SocketOptions options) {
        try (Peer<Void> server = Peer.server(socket -> {
            Talk.send(socket, "hello world");
            return null;
        })) {
            Socket client = Net.connect(loop, options, ConnectOptions.to(Local.HOST, server.port()));
            client.onData(chunk -> journal.add("data"));
            client.onEnd(journal.note("end"));
            client.onClose(hadError -> journal.add("close " + hadError));
            client.onEnd(() -> assertEquals(11, client.bytesRead()));
            loop.run();
        }
    }

    @Test
    void pausedBeforeItConnectsItIsNotRead(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "hello"))) {
            Socket client =
                    new Socket(loop, SocketOptions.defaults().onRead(ByteBuffer.allocate(8), (socket, lent, count) -> {
                        journal.add(text(lent, count));
                        return true;
                    }));
            client.pause()
                    .connect(
                            server.port(),
                            Local.HOST,
                            () -> Timer.after(loop, 20, () -> {
                                journal.add("resume");
                                client.resume();
                            }));
            loop.run();
        }
        journal.expect("resume", "hello");
    }

    @Test
    void destroyedInTheReaderNothingMoreComes(Loop loop) {
        read(loop, SocketOptions.defaults().onRead(ByteBuffer.allocate(2), (socket, lent, count) -> {
            journal.add(text(lent, count));
            socket.destroy();
            return true;
        }));
        journal.expect("he", "close false");
    }

    @Test
    void aReaderMayMoveTheBufferAsItLikes(Loop loop) {
        ByteBuffer buffer = ByteBuffer.allocate(20).position(5).limit(9);
        read(loop, SocketOptions.defaults().onRead(buffer, (socket, lent, count) -> {
            journal.add(StandardCharsets.UTF_8
                    .decode(lent.limit(lent.position() + count))
                    .toString());
            lent.clear();
            return true;
        }));
        journal.expect("hell", "o wo", "rld", "end", "close false");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSuppliersBufferThatCanNotBeReadIntoDestroysTheSocket(boolean closed, Loop loop) {
        Arena arena = Arena.ofShared();
        ByteBuffer freed = arena.allocate(8).asByteBuffer();
        arena.close();
        ByteBuffer readOnly = ByteBuffer.allocate(8).asReadOnlyBuffer();
        try (Peer<String> server = Peer.server(socket -> {
            Talk.send(socket, "hello");
            return Talk.ending(socket);
        })) {
            Net.connect(
                            loop,
                            SocketOptions.defaults()
                                    .onRead(() -> closed ? freed : readOnly, (socket, lent, count) -> true),
                            ConnectOptions.to(Local.HOST, server.port()))
                    .onError(error -> journal.add(error.code()))
                    .onClose(hadError -> journal.add("close " + hadError));
            loop.run();
        }
        journal.expect(closed ? "EFAULT" : "ERR_INVALID_ARG_VALUE", "close true");
        assertThrows(
                IllegalStateException.class,
                () -> ServerOptions.defaults().onRead(freed, (socket, lent, count) -> true));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anArenasBufferIsReadInto(boolean shared, Loop loop) {
        try (Arena arena = shared ? Arena.ofShared() : Arena.ofConfined()) {
            ByteBuffer buffer = arena.allocate(20).asByteBuffer().position(5).limit(9);
            read(loop, SocketOptions.defaults().onRead(buffer, (socket, lent, count) -> {
                journal.add(text(lent, count));
                return true;
            }));
        }
        journal.expect("hell", "o wo", "rld", "end", "close false");
    }

    @Test
    void aBufferWithoutRoomIsAnError(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> {
            Talk.send(socket, "hello");
            return Talk.ending(socket);
        })) {
            Net.connect(
                            loop,
                            SocketOptions.defaults().onRead(() -> null, (socket, lent, count) -> true),
                            ConnectOptions.to(Local.HOST, server.port()))
                    .onError(error -> journal.add(error.getMessage()));
            loop.run();
        }
        journal.expect("read ENOBUFS");
    }

    @Test
    void whatCanNotBeReadIntoIsRefused() {
        BufferReader reader = (socket, lent, count) -> true;
        assertEquals(
                "ERR_INVALID_ARG_VALUE",
                assertThrows(
                                UsageException.class,
                                () -> SocketOptions.defaults().onRead(ByteBuffer.allocate(0), reader))
                        .code());
        assertThrows(
                UsageException.class,
                () -> SocketOptions.defaults().onRead(ByteBuffer.allocate(8).asReadOnlyBuffer(), reader));
        assertThrows(UsageException.class, () -> SocketOptions.defaults().onRead((ByteBuffer) null, reader));
        assertThrows(UsageException.class, () -> ServerOptions.defaults().onRead(ByteBuffer.allocate(8), null));
    }

    // ---- a server

    @Test
    void allConnectionsOfAServerShareOneBuffer(Loop loop) {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        int port = Local.times(
                2,
                loop,
                ServerOptions.defaults().onRead(buffer, (socket, lent, count) -> {
                    assertSame(buffer, lent);
                    return socket.write(copy(lent, count));
                }),
                socket -> {});
        try (Peer<String> one = Peer.client(port, socket -> Talk.ask(socket, "one"));
                Peer<String> other = Peer.client(port, socket -> Talk.ask(socket, "other"))) {
            loop.run();
            assertEquals("one", one.result());
            assertEquals("other", other.result());
        }
    }

    /** In a JVM of its own, where the compiler has seen nothing else. */
    @Test
    @Tag("host")
    void readingAllocatesNothing() throws Exception {
        ForkedJvm.Outcome reading = ForkedJvm.run(LentBufferProgram.class);
        assertEquals(new ForkedJvm.Outcome(0, "nothing"), reading);
    }

    private static String text(ByteBuffer buffer, int count) {
        return StandardCharsets.UTF_8
                .decode(buffer.slice(buffer.position(), count))
                .toString();
    }

    private static ByteBuffer copy(ByteBuffer buffer, int count) {
        return ByteBuffer.allocate(count)
                .put(buffer.slice(buffer.position(), count))
                .flip();
    }
}
