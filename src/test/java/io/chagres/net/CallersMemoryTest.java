package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.socket.Pipe;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that move a buffer, close its arena or drop it after a write or a read has returned. */
@ConnectionTest
class CallersMemoryTest {

    /** More than the kernel takes at once. */
    private static final int MUCH = 8 << 20;

    /** The arenas that their owner can close. */
    enum Closable {
        CONFINED(Arena::ofConfined),
        SHARED(Arena::ofShared);

        private final Supplier<Arena> maker;

        Closable(Supplier<Arena> maker) {
            this.maker = maker;
        }
    }

    private final Journal journal = new Journal();

    private static ByteBuffer filled(Arena arena, int size, int with) {
        return arena.allocate(size).fill((byte) with).asByteBuffer();
    }

    private Completion noted(String name) {
        return error -> journal.add(name
                + (error == null
                        ? ""
                        : " " + error.getMessage()
                                + (error.getCause() == null
                                        ? ""
                                        : " by " + error.getCause().getClass().getSimpleName())));
    }

    // ---- the buffer is moved

    @Test
    void aWriteBehindALargeOneArrivesAsItWasAtTheCall(Loop loop) {
        Gate read = new Gate();
        try (Peer<byte[]> peer = Peer.server(socket -> {
            read.await();
            return Talk.all(socket);
        })) {
            Socket client = Local.connect(loop, peer.port());
            ByteBuffer line = Talk.buffer("twenty-four bytes of it!");
            client.write(ByteBuffer.allocate(MUCH));
            client.write(line);
            assertEquals(24, StandardCharsets.UTF_8.decode(line).length());
            client.end();
            client.onFinish(journal.note("finish"));
            client.onConnect(read::open);
            loop.run();
            byte[] all = peer.result();
            assertEquals("twenty-four bytes of it!", new String(all, MUCH, all.length - MUCH, StandardCharsets.UTF_8));
        }
        journal.expect("finish");
    }

    @Test
    void aWriteBeforeTheConnectArrivesAsItWasAtTheCall(Loop loop) {
        try (Peer<String> peer = Peer.server(Talk::allText)) {
            Socket client = Local.connect(loop, peer.port());
            ByteBuffer data = Talk.buffer("early");
            client.write(data);
            data.clear().limit(0);
            assertEquals(5, client.bytesWritten());
            client.end();
            loop.run();
            assertEquals("early", peer.result());
        }
    }

    /** A listener that decodes, in front of a pipe to the socket itself. */
    @Test
    void anEchoByPipeIsCompleteThoughItsListenerDecodes(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.onData(chunk -> StandardCharsets.UTF_8.decode(chunk));
            socket.pipe(socket);
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "echo"))) {
            loop.run();
            assertEquals("echo", client.result());
        }
    }

    @Test
    void aProxyToASlowSinkLosesNothingThatItsListenerDecodes(Loop loop) {
        byte[] sent = Talk.noise(1, MUCH);
        Gate read = new Gate();
        try (Peer<byte[]> sink = Peer.server(socket -> {
            read.await();
            return Talk.all(socket);
        })) {
            int port = Local.once(loop, socket -> {
                Socket upstream = Local.connect(loop, sink.port());
                socket.onData(chunk -> {
                    upstream.write(chunk);
                    StandardCharsets.ISO_8859_1.decode(chunk);
                });
                socket.onEnd(upstream::end);
                upstream.onConnect(read::open);
            });
            try (Peer<Void> source = Peer.client(port, socket -> {
                Talk.send(socket, sent);
                return null;
            })) {
                loop.run();
                assertArrayEquals(sent, sink.result());
            }
        }
    }

    @Test
    void aReadOnlyBufferIsWrittenAndStays(Loop loop) {
        PipePair pair = PipePair.of(loop, false);
        ByteArrayOutputStream all = PipePair.collect(pair.other());
        for (ByteBuffer data :
                List.of(Talk.buffer("heap "), ByteBuffer.allocateDirect(7).put(0, "direct ".getBytes()))) {
            pair.one().write(data.asReadOnlyBuffer(), PipePair.ok());
        }
        pair.one().shutdown(error -> pair.one().close());
        loop.run();
        assertEquals("heap direct ", all.toString(StandardCharsets.UTF_8));
    }

    // ---- its arena is closed

    @ParameterizedTest
    @EnumSource
    void aBufferOfAClosedArenaIsRefusedAtTheCall(Closable kind, Loop loop) {
        PipePair pair = PipePair.of(loop, true);
        Arena arena = kind.maker.get();
        ByteBuffer data = filled(arena, 8, 1);
        arena.close();
        assertThrows(IllegalStateException.class, () -> pair.one().write(data, noted("never")));
        assertThrows(
                IllegalStateException.class,
                () -> pair.one().write(new ByteBuffer[] {Talk.buffer("x"), data}, noted("never")));
        assertThrows(IllegalStateException.class, () -> pair.one().tryWrite(data));
        assertThrows(IllegalStateException.class, () -> ((Pipe) pair.one()).tryWrite(data, pair.one()));
        assertEquals(0, pair.one().writeQueueSize());
        assertTrue(pair.one().isWritable());
        pair.close();
        loop.run();
        journal.expect();
    }

    @Test
    void aBufferConfinedToAnotherThreadIsRefusedAtTheCall(Loop loop) throws Exception {
        PipePair pair = PipePair.of(loop, false);
        Gate checked = new Gate();
        ByteBuffer[] data = new ByteBuffer[1];
        Gate made = new Gate();
        Thread owner = Thread.ofPlatform().start(() -> {
            try (Arena arena = Arena.ofConfined()) {
                data[0] = filled(arena, 8, 1);
                made.open();
                checked.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        made.await();
        assertThrows(WrongThreadException.class, () -> pair.one().write(data[0], noted("never")));
        assertThrows(WrongThreadException.class, () -> pair.one().tryWrite(data[0]));
        checked.open();
        owner.join(30_000);
        pair.close();
        loop.run();
    }

    /** As the fault was found: the memory of the arena was another arena's by then. */
    @ParameterizedTest
    @EnumSource
    void aWriteWhoseArenaIsClosedFailsAndSendsNothingElse(Closable kind, Loop loop) {
        PipePair pair = PipePair.of(loop, false);
        Arena arena = kind.maker.get();
        pair.one().write(filled(arena, MUCH, 'A'), noted("one"));
        pair.one().write(Talk.buffer("behind it"), noted("two"));
        pair.one().shutdown(noted("shutdown"));
        arena.close();
        try (Arena other = kind.maker.get()) {
            ByteBuffer stranger = filled(other, MUCH, 'B');
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            pair.other()
                    .readStart(TcpPair.reader(
                            bytes -> {
                                byte[] copy = new byte[bytes.remaining()];
                                bytes.get(copy);
                                all.writeBytes(copy);
                            },
                            journal.note("end")));
            pair.other().unref();
            loop.run();
            assertEquals(MUCH, stranger.remaining());
            assertTrue(all.size() > 0 && all.size() < MUCH, () -> all.size() + " bytes");
            for (byte got : all.toByteArray()) {
                assertEquals('A', got);
            }
        }
        journal.expect(
                "one write EFAULT: Already closed by IllegalStateException",
                "two write ECANCELED",
                "shutdown shutdown ECANCELED");
        assertFalse(pair.one().isWritable());
        PipePair.assertCode("EPIPE", () -> pair.one().write(Talk.buffer("x"), PipePair.ok()));
        pair.close();
        loop.run();
    }

    /** Small ones are copied for one sendmsg(2), large ones sent by themselves; those before the closed one still go out. */
    @ParameterizedTest
    @ValueSource(ints = {10, 20_000})
    void bytesWrittenBeforeAClosedArenaStillArrive(int size, Loop loop) {
        PipePair pair = PipePair.of(loop, false);
        Arena arena = Arena.ofShared();
        pair.one().write(ByteBuffer.allocate(MUCH), noted("much"));
        pair.one().write(filled(arena, size, 'A'), noted("alive"));
        try (Arena closed = Arena.ofShared()) {
            pair.one().write(new ByteBuffer[] {Talk.buffer("head"), filled(closed, size, 'B')}, error -> {
                noted("closed").onComplete(error);
                pair.one().close();
            });
        }
        ByteArrayOutputStream all = PipePair.collect(pair.other());
        loop.run();
        arena.close();
        journal.expect("much", "alive", "closed write EFAULT: Already closed by IllegalStateException");
        byte[] expected = new byte[MUCH + size + 4];
        Arrays.fill(expected, MUCH, MUCH + size, (byte) 'A');
        System.arraycopy("head".getBytes(StandardCharsets.UTF_8), 0, expected, MUCH + size, 4);
        assertArrayEquals(expected, all.toByteArray());
    }

    @ParameterizedTest
    @EnumSource
    void aSocketFailsWithTheWriteWhoseArenaIsClosed(Closable kind, Loop loop) {
        Gate closed = new Gate();
        try (Peer<String> peer = Peer.server(socket -> {
            closed.await();
            return Talk.ending(socket);
        })) {
            Socket client = Local.connect(loop, peer.port());
            ChagresException[] error = new ChagresException[1];
            client.onError(reason -> error[0] = reason);
            client.onFinish(journal.note("finish"));
            client.onClose(hadError -> journal.add("close " + hadError));
            client.onConnect(() -> {
                Arena arena = kind.maker.get();
                client.write(filled(arena, MUCH, 'A'), noted("write"));
                client.write(filled(arena, 8, 'A'), noted("behind it"));
                client.end();
                arena.close();
                closed.open();
            });
            loop.run();
            assertEquals("EFAULT", error[0].code());
            assertInstanceOf(IllegalStateException.class, error[0].getCause());
        }
        journal.expect(
                "write write EFAULT: Already closed by IllegalStateException",
                "behind it write EFAULT: Already closed by IllegalStateException",
                "close true");
    }

    @Test
    void aWriteThatWaitsForTheConnectFailsIfItsArenaIsClosed(Loop loop) {
        try (Peer<String> peer = Peer.server(Talk::allText)) {
            Socket client = Local.connect(loop, peer.port());
            try (Arena arena = Arena.ofConfined()) {
                client.write(filled(arena, 8, 'A'), noted("write"));
            }
            client.onError(error -> journal.add(error.code()));
            loop.run();
            assertEquals("", peer.result());
        }
        journal.expect("write write EFAULT: the arena of the buffer is closed by IllegalStateException", "EFAULT");
    }

    /** A close of the arena, at any moment and from another thread, is either refused or too early: never are other bytes sent. */
    @Test
    void anotherThreadMayCloseASharedArenaAtAnyMoment(Loop loop) throws Exception {
        PipePair pair = PipePair.of(loop, false);
        int rounds = 200;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pair.other()
                .readStart(TcpPair.reader(
                        bytes -> {
                            while (bytes.hasRemaining()) {
                                all.write(bytes.get());
                            }
                        },
                        () -> {}));
        for (int i = 0; i < rounds && pair.one().isWritable(); i++) {
            Arena arena = Arena.ofShared();
            ByteBuffer data = filled(arena, 256 * 1024, 'A');
            Gate close = new Gate();
            Thread closer = Thread.ofPlatform().start(() -> closeAtLast(arena, close));
            close.open();
            int taken = tryWrite(pair.one(), data);
            while (all.size() < taken) {
                loop.run(RunMode.ONCE);
            }
            closer.join(30_000);
            assertEquals(taken, all.size(), "what was taken arrives");
            for (byte got : all.toByteArray()) {
                assertEquals('A', got);
            }
            all.reset();
        }
        pair.close();
        loop.run();
    }

    private static int tryWrite(Pipe pipe, ByteBuffer data) {
        try {
            return pipe.tryWrite(data);
        } catch (IllegalStateException closed) {
            return 0;
        }
    }

    /** What it frees is another arena's at once. */
    private static void closeAtLast(Arena arena, Gate gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        while (arena.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException held) {
                Thread.onSpinWait();
            }
        }
        try (Arena other = Arena.ofConfined()) {
            MemorySegment stranger = other.allocate(256 * 1024).fill((byte) 'B');
            assertEquals('B', stranger.get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    // ---- it is forgotten

    @ParameterizedTest
    @ValueSource(strings = {"along", "try", "queued", "gathered"})
    @Tag("host")
    void aBufferThatItsCallerForgetsLivesUntilTheKernelHasIt(String way) throws Exception {
        List<String> command = ForkedJvm.command(CollectedBufferProgram.class, "-Xbatch", "-XX:TieredStopAtLevel=1");
        command.add(way);
        assertEquals(new ForkedJvm.Outcome(0, "held"), ForkedJvm.run(command));
    }
}
