package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Prepare;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Sockets;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Writes of TCP handles: queue, order, and errors. */
@ConnectionTest
class TcpWriteTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("libuv:tcp_writealot")
    void threeWritesOf4096BuffersComeBackAndCompleteBeforeTheShutdown(Loop loop) {
        int size = 2_512;
        try (Peer<Void> server = Peer.server(TcpWriteTest::echo)) {
            long[] got = {0};
            Tcp client = new Tcp(loop);
            client.connect(new SocketAddress(Local.HOST, server.port()), error -> {
                for (int write = 0; write < 3; write++) {
                    client.write(buffers(4096, size), failed -> journal.add("write"));
                }
                client.shutdown(failed -> {
                    assertEquals(0, client.writeQueueSize());
                    journal.add("shutdown");
                });
                client.readStart(TcpPair.reader(bytes -> got[0] += bytes.remaining(), client::close));
            });
            loop.run();
            assertEquals(3L * 4096 * size, got[0]);
        }
        journal.expect("write", "write", "write", "shutdown");
    }

    private static Void echo(java.net.Socket socket) throws Exception {
        socket.getInputStream().transferTo(socket.getOutputStream());
        return null;
    }

    private static ByteBuffer[] buffers(int count, int size) {
        ByteBuffer[] buffers = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            buffers[i] = i % 2 == 0 ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
        }
        return buffers;
    }

    @Test
    @Covers("libuv:tcp_write_fail")
    void aWriteWithoutADescriptorFailsInTheCallback(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        assertCode("EINVAL", () -> pair.client().write(new ByteBuffer[0], error -> {}));
        assertCode("EINVAL", () -> pair.client().write((ByteBuffer[]) null, error -> {}));
        assertCode("EINVAL", () -> pair.client().write((ByteBuffer) null, error -> {}));
        assertCode("EINVAL", () -> pair.client().write(new ByteBuffer[] {Talk.buffer("x"), null}, error -> {}));
        assertCode("EINVAL", () -> pair.client().write(Talk.buffer("x"), null));
        assertEquals(0, pair.client().writeQueueSize());
        Descriptors.close(pair.client().fd());
        pair.client().write(Talk.buffer("x"), error -> {
            journal.add(error.getMessage());
            pair.close();
        });
        journal.expect();
        loop.run();
        journal.expect("write EBADF");
    }

    @Test
    @Covers("libuv:tcp_write_in_a_row")
    void aSmallWriteBehindALargeOneIsQueued(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        Tcp client = pair.client();
        client.write(ByteBuffer.allocate(32 << 20), error -> journal.add("large " + client.writeQueueSize()));
        long queued = client.writeQueueSize();
        assertTrue(queued > 0 && queued < 32 << 20);
        client.write(ByteBuffer.allocate(1), error -> {
            journal.add("small " + client.writeQueueSize());
            client.close();
        });
        assertEquals(queued + 1, client.writeQueueSize());
        pair.accepted().readStart(TcpPair.reader(bytes -> {}, pair.accepted()::close));
        loop.run();
        assertEquals(1, journal.count("small 0"));
        assertEquals(1, journal.count("large 0") + journal.count("large 1"));
    }

    @Test
    @Covers("libuv:tcp_try_write")
    void tryWriteTakesWhatTheKernelTakesNowAndQueuesNothing(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        assertEquals(4, pair.client().tryWrite(Talk.buffer("PING")));
        assertEquals(0, pair.client().tryWrite(Talk.buffer("")));
        ByteBuffer large = ByteBuffer.allocate(32 << 20);
        int first = pair.client().tryWrite(large);
        assertTrue(first > 0 && first < large.capacity());
        assertEquals(0, large.position());
        long taken = first;
        for (int more = first; more > 0; taken += more) {
            // until the kernel is full: it may still be moving bytes to the peer
            more = pair.client().tryWrite(large);
        }
        assertEquals(0, pair.client().writeQueueSize());
        long[] got = {0};
        pair.accepted().readStart(TcpPair.reader(bytes -> got[0] += bytes.remaining(), pair.accepted()::close));
        pair.client().shutdown(error -> pair.client().close());
        loop.run();
        assertEquals(4 + taken, got[0]);
    }

    @Test
    void tryWriteTakesNothingWhileWritesAreQueued(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.client().write(ByteBuffer.allocate(32 << 20), error -> assertEquals("ECANCELED", error.code()));
        assertEquals(0, pair.client().tryWrite(Talk.buffer("x")));
        pair.close();
        loop.run();
    }

    @Test
    @Covers("libuv:tcp_try_write_error")
    void tryWriteToAPeerThatIsGoneThrows(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.accepted().closeReset(() -> {
            ChagresException error =
                    assertThrows(ChagresException.class, () -> pair.client().tryWrite(Talk.buffer("x")));
            assertTrue(error.getMessage().matches("write (EPIPE|ECONNRESET)"), error.getMessage());
            assertEquals(0, pair.client().writeQueueSize());
            pair.client().close();
            journal.add("thrown");
        });
        loop.run();
        journal.expect("thrown");
    }

    @Test
    @Covers("libuv:tcp_write_queue_order")
    void aCloseCompletesEveryWriteInOrderAsWrittenOrCancelled(Loop loop) {
        int count = 10_000;
        int[] completed = {0};
        int[] cancelled = {0};
        TcpPair pair = TcpPair.connected(loop);
        Sockets.setsockopt(pair.client().fd(), Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, 16 * 1024);
        for (int i = 0; i < count; i++) {
            int mine = i;
            pair.client().write(ByteBuffer.allocate(1024), error -> {
                assertEquals(mine, completed[0]++);
                assertTrue(error != null || cancelled[0] == 0, "a write succeeded behind a cancelled one");
                cancelled[0] += error == null ? 0 : 1;
            });
        }
        Timer.after(
                loop,
                10,
                () -> pair.client().close(() -> {
                    assertEquals(count, completed[0]);
                    journal.add("close");
                }));
        Timer.after(loop, 20, pair.accepted()::close);
        loop.run();
        journal.expect("close");
        assertTrue(cancelled[0] > 0 && cancelled[0] < count, () -> cancelled[0] + " cancelled");
    }

    /** An iteration has at most nine rounds of completions, one before polling and eight after, even if the peer reads fast. */
    @Test
    @Covers("libuv:tcp_write_ready")
    void aWriteFromTheCallbackOfAWriteWaitsForTheNextRound(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        long[] sent = {0};
        long[] got = {0};
        int[] turns = {0};
        pair.accepted().readStart(TcpPair.reader(bytes -> got[0] += bytes.remaining(), pair.accepted()::close));
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> {
            assertTrue(sent[0] <= 1 + 9L * turns[0]++ + 1, () -> sent[0] + " writes in " + turns[0] + " turns");
            if (turns[0] == 20) {
                prepare.close();
            }
        });
        writeUntilClosed(prepare, pair.client(), sent);
        loop.run();
        assertEquals(sent[0], got[0]);
        assertTrue(sent[0] >= 20);
    }

    private static void writeUntilClosed(Prepare prepare, Tcp client, long[] sent) {
        if (prepare.isClosing()) {
            client.shutdown(error -> client.close());
            return;
        }
        sent[0]++;
        client.write(Talk.buffer("x"), error -> {
            assertNull(error);
            writeUntilClosed(prepare, client, sent);
        });
    }

    @Test
    @Covers("libuv:tcp_write_to_half_open_connection")
    void aWriteToAPeerThatHasClosedSucceedsAndTheReadReportsTheEnd(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.accepted().close(() -> {
            pair.client().write(Talk.buffer("hello"), error -> journal.add("write " + error));
            pair.client()
                    .readStart(TcpPair.reader(
                            bytes -> {},
                            pair.client()::close,
                            error -> pair.client().close()));
        });
        loop.run();
        journal.expect("write null");
    }

    @Test
    void everyWriteFailsSeparatelyWhenThePeerHasReset(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.client().write(ByteBuffer.allocate(32 << 20), error -> journal.add("one " + (error != null)));
        pair.client().write(ByteBuffer.allocate(10), error -> journal.add("two " + error.code()));
        pair.client().write(ByteBuffer.allocate(10), error -> {
            journal.add("three " + error.code());
            assertFalse(pair.client().isClosing());
            pair.client().close();
        });
        pair.accepted().closeReset(() -> {});
        loop.run();
        journal.expect("one true", "two EPIPE", "three EPIPE");
    }

    private static void assertCode(String code, Runnable call) {
        assertEquals(code, assertThrows(ChagresException.class, call::run).code());
    }
}
