package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.junit.jupiter.api.Test;

/** Reads of TCP handles: ends, resets, stops and restarts. */
@ConnectionTest
class TcpReadTest {

    private final Journal journal = new Journal();
    private Tcp client;
    private Tcp accepted;

    @Test
    @Covers("libuv:readable_on_eof")
    void aStreamIsReadableAfterItsEndAndReadingAgainEndsAgain(Loop loop) {
        connect(loop);
        int[] ends = {0};
        ReadListener[] reader = new ReadListener[1];
        reader[0] = TcpPair.reader(bytes -> {}, () -> {
            assertTrue(client.isReadable());
            assertTrue(client.isWritable());
            assertFalse(client.isActive());
            if (++ends[0] < 3) {
                client.readStart(reader[0]);
            } else {
                client.close();
                assertFalse(client.isReadable());
                assertFalse(client.isWritable());
            }
        });
        client.readStart(reader[0]);
        accepted.close();
        loop.run();
        assertEquals(3, ends[0]);
    }

    @Test
    @Covers({"libuv:not_readable_nor_writable_on_read_error", "libuv:tcp_rst"})
    void afterAResetAStreamIsNeitherReadableNorWritable(Loop loop) {
        connect(loop);
        client.readStart(TcpPair.reader(bytes -> journal.add("bytes"), journal.note("end"), error -> {
            journal.add(error.getMessage());
            assertFalse(client.isReadable());
            assertFalse(client.isWritable());
            assertFalse(client.isActive());
            assertCode("ENOTCONN", () -> client.readStart(TcpPair.reader(bytes -> {}, () -> {})));
            assertCode("EPIPE", () -> client.write(Talk.buffer("x"), late -> {}));
            assertFalse(client.isClosing());
            client.close();
        }));
        accepted.closeReset(() -> {});
        loop.run();
        journal.expect("read ECONNRESET");
    }

    @Test
    @Covers("libuv:tcp_read_stop")
    void aStoppedReaderIsNotCalled(Loop loop) {
        connect(loop);
        accepted.write(Talk.buffer("hello"), error -> {});
        Timer.after(loop, 1, () -> {
            client.write(Talk.buffer("x"), error -> {
                journal.add("written");
                close();
            });
            client.readStop();
            client.readStop();
        });
        client.readStart(TcpPair.reader(bytes -> client.readStop(), journal.note("end")));
        loop.run();
        journal.expect("written");
    }

    @Test
    @Covers("libuv:tcp_read_stop_start")
    void anotherListenerMayTakeOverInTheReadCallback(Loop loop) {
        connect(loop);
        accepted.write(Talk.buffer("hello"), error -> accepted.close());
        client.readStart(TcpPair.reader(
                bytes -> {
                    journal.add("first " + Talk.text(bytes));
                    client.readStop();
                    client.readStart(TcpPair.reader(more -> journal.add("second"), () -> {
                        journal.add("second end");
                        client.close();
                    }));
                },
                journal.note("first end")));
        loop.run();
        journal.expect("first hello", "second end");
    }

    @Test
    @Covers("libuv:shutdown_eof")
    void readStartTwiceOrWithoutAListenerIsRefused(Loop loop) {
        connect(loop);
        ReadListener listener = TcpPair.reader(bytes -> {}, () -> {});
        assertCode("EINVAL", () -> client.readStart(null));
        client.readStart(listener);
        assertCode("EALREADY", () -> client.readStart(listener));
        close();
        assertCode("EINVAL", () -> client.readStart(listener));
        loop.run();
    }

    @Test
    @Covers("libuv:tcp_unexpected_read")
    void dataForAHandleThatIsNotReadDoesNotKeepTheLoopBusy(Loop loop) {
        connect(loop);
        int[] turns = {0};
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> turns[0]++);
        accepted.write(Talk.buffer("unexpected"), error -> {});
        Timer.after(loop, 100, () -> {
            prepare.close();
            close();
        });
        loop.run();
        assertTrue(turns[0] <= 20, () -> turns[0] + " turns");
    }

    @Test
    void aResetOfAHandleThatIsNotReadDoesNotKeepTheLoopBusy(Loop loop) {
        connect(loop);
        int[] turns = {0};
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> turns[0]++);
        client.readStart(TcpPair.reader(bytes -> {}, () -> {}));
        client.readStop();
        accepted.closeReset(() -> {});
        Timer.after(loop, 100, () -> {
            prepare.close();
            close();
        });
        loop.run();
        assertTrue(turns[0] <= 20, () -> turns[0] + " turns");
    }

    @Test
    @Covers("libuv:tcp_oob")
    void urgentDataDoesNotDisturbAReadingStream(Loop loop) {
        Tcp reading = new Tcp(loop);
        try (Peer<Void> server = Peer.server(socket -> {
            Talk.send(socket, "before");
            socket.sendUrgentData('!');
            Talk.send(socket, "after");
            return null;
        })) {
            StringBuilder got = new StringBuilder();
            reading.connect(
                    new SocketAddress(Local.HOST, server.port()),
                    error -> reading.readStart(TcpPair.reader(bytes -> got.append(Talk.text(bytes)), reading::close)));
            loop.run();
            assertEquals("beforeafter", got.toString());
        }
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

    private static void assertCode(String code, Runnable call) {
        assertEquals(code, assertThrows(ChagresException.class, call::run).code());
    }
}
