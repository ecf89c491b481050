package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The buffers that a listener supplies. */
@ConnectionTest
class TcpReadBufferTest {

    private final Journal journal = new Journal();
    private Tcp client;
    private Tcp accepted;

    @Test
    @Covers("libuv:tcp_alloc_cb_fail")
    void aMissingBufferIsReportedAsEnobufsAndReadingGoesOn(Loop loop) {
        connect(loop);
        accepted.write(Talk.buffer("hello"), error -> {});
        int[] asked = {0};
        client.readStart(new ReadListener() {
            @Override
            public ByteBuffer onAllocate(int suggestedSize) {
                assertEquals(65536, suggestedSize);
                return switch (asked[0]++) {
                    case 0 -> null;
                    case 1 -> ByteBuffer.allocate(0);
                    case 2 -> ByteBuffer.allocate(8).position(8);
                    default -> ByteBuffer.allocate(suggestedSize);
                };
            }

            @Override
            public void onRead(int count, ByteBuffer buffer) {
                journal.add("read " + count);
                close();
            }

            @Override
            public void onEnd() {
                journal.add("end");
            }

            @Override
            public void onError(SystemException error) {
                journal.add(error.getMessage());
            }
        });
        loop.run();
        journal.expect("read ENOBUFS", "read ENOBUFS", "read ENOBUFS", "read 5");
    }

    @Test
    void nothingIsReadIfTheHandleIsClosedInOnAllocate(Loop loop) {
        connect(loop);
        accepted.write(Talk.buffer("hello"), error -> {});
        client.readStart(new ReadListener() {
            @Override
            public ByteBuffer onAllocate(int suggestedSize) {
                close();
                return ByteBuffer.allocate(suggestedSize);
            }

            @Override
            public void onRead(int count, ByteBuffer buffer) {
                journal.add("read");
            }

            @Override
            public void onEnd() {
                journal.add("end");
            }

            @Override
            public void onError(SystemException error) {
                journal.add("error");
            }
        });
        loop.run();
        journal.expect();
    }

    @Test
    void nothingIsReadIfReadingIsStoppedInOnAllocateUntilItIsRestarted(Loop loop) {
        connect(loop);
        accepted.write(Talk.buffer("hello"), error -> {});
        ReadListener reader = TcpPair.reader(
                bytes -> {
                    journal.add(Talk.text(bytes));
                    close();
                },
                () -> {});
        client.readStart(new ReadListener() {
            @Override
            public ByteBuffer onAllocate(int suggestedSize) {
                client.readStop();
                loop.nextTick(() -> client.readStart(reader));
                return ByteBuffer.allocate(suggestedSize);
            }

            @Override
            public void onRead(int count, ByteBuffer buffer) {
                journal.add("read after the stop");
            }

            @Override
            public void onEnd() {
                journal.add("end");
            }

            @Override
            public void onError(SystemException error) {
                journal.add("error");
            }
        });
        loop.run();
        journal.expect("hello");
    }

    @Test
    void aReadFillsTheBufferFromPositionToLimitAndMovesNeither(Loop loop) {
        for (ByteBuffer room : new ByteBuffer[] {
            ByteBuffer.allocate(10),
            ByteBuffer.allocateDirect(10),
            ByteBuffer.allocate(30).position(7).slice().limit(10)
        }) {
            connect(loop);
            room.position(3).limit(7);
            accepted.write(Talk.buffer("abcdefgh"), error -> {});
            StringBuilder got = new StringBuilder();
            client.readStart(into(room, got));
            loop.run();
            assertEquals("abcdefgh", got.toString());
            room.limit(10);
            assertEquals(0, room.get(2));
            assertEquals(0, room.get(7));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReadOnlyBufferStopsTheReadingAndRunThrowsEinval(boolean direct, Loop loop) {
        connect(loop);
        ByteBuffer room = direct ? ByteBuffer.allocateDirect(8) : ByteBuffer.allocate(8);
        accepted.write(Talk.buffer("hello"), error -> {});
        client.readStart(into(room.asReadOnlyBuffer().position(3).limit(7), new StringBuilder()));
        assertEquals("EINVAL", assertThrows(UsageException.class, loop::run).code());
        assertFalse(client.isActive(), "reading must have stopped");
        assertEquals(0, room.get(3));
        StringBuilder got = new StringBuilder();
        client.readStart(into(ByteBuffer.allocate(8).position(3).limit(7), got));
        accepted.write(Talk.buffer("!!!"), error -> {});
        loop.run();
        assertEquals("hello!!!", got.toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBufferOfAClosedArenaIsReportedAsEfault(boolean ipc, Loop loop) {
        Arena arena = Arena.ofShared();
        ByteBuffer freed = arena.allocate(8).asByteBuffer();
        arena.close();
        PipePair pair = PipePair.of(loop, ipc);
        pair.one().write(Talk.buffer("hello"), error -> {});
        StringBuilder got = new StringBuilder();
        pair.other().readStart(into(freed, got));
        loop.run();
        assertEquals("EFAULT", got.toString());
        assertFalse(pair.other().isReadable());
        pair.close();
        loop.run();
    }

    private ReadListener into(ByteBuffer room, StringBuilder got) {
        return new ReadListener() {
            @Override
            public ByteBuffer onAllocate(int suggestedSize) {
                return room;
            }

            @Override
            public void onRead(int count, ByteBuffer buffer) {
                assertEquals(3, buffer.position());
                assertEquals(7, buffer.limit());
                got.append(Talk.text(buffer.slice(3, count)));
                if (got.length() == 8) {
                    close();
                }
            }

            @Override
            public void onEnd() {
                got.append("end");
            }

            @Override
            public void onError(SystemException error) {
                got.append(error.code());
            }
        };
    }

    /** A stream reads at most 32 times per event. Then the other events are handled, even if there is more to read. */
    @Test
    void aBusyPeerDoesNotHoldTheLoop(Loop loop) {
        connect(loop);
        accepted.write(ByteBuffer.allocate(100_000), error -> {});
        int[] reads = {0};
        client.readStart(new ReadListener() {
            @Override
            public ByteBuffer onAllocate(int suggestedSize) {
                return ByteBuffer.allocate(10);
            }

            @Override
            public void onRead(int count, ByteBuffer buffer) {
                reads[0]++;
            }

            @Override
            public void onEnd() {
                journal.add("end");
            }

            @Override
            public void onError(SystemException error) {
                journal.add("error");
            }
        });
        loop.run(RunMode.ONCE);
        loop.run(RunMode.ONCE);
        assertTrue(reads[0] <= 64, () -> reads[0] + " reads");
        close();
        loop.run();
    }

    private void connect(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        client = pair.client();
        accepted = pair.accepted();
    }

    private void close() {
        client.close();
        accepted.close();
    }
}
