package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.sys.Descriptors;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What becomes of a socket's reads and writes between it and the kernel. */
@ConnectionTest
class SocketRequestsTest {

    private static final int MUCH = 8 << 20;

    private final Journal journal = new Journal();

    @Test
    @Covers("S30")
    void aReadThatFindsNothingIsNeitherDataNorAnEnd(Loop loop) {
        int[] pair = Pipe.socketpair();
        Socket writer = on(loop, pair[0]);
        Socket[] readers = {on(loop, Descriptors.fcntl(pair[1], Descriptors.F_DUPFD_CLOEXEC, 0)), on(loop, pair[1])};
        int[] left = {20};
        for (Socket reader : readers) { // both are ready for each byte, and one of them finds it
            reader.onEnd(journal.note("end")).onError(error -> journal.add(error.getMessage()));
            reader.onData(chunk -> {
                journal.add("data");
                if (--left[0] > 0) {
                    writer.write("x");
                } else {
                    writer.destroy();
                }
            });
        }
        writer.write("x");
        loop.run();
        assertEquals(20, journal.count("data"));
        assertEquals(2, journal.count("end"));
    }

    @Test
    @Covers("S41")
    void aWriteIsCompleteAtOnceIfTheKernelTakesItAndPendingOtherwise(Loop loop) {
        Gate reading = new Gate();
        try (Peer<Integer> server = Peer.server(socket -> {
            reading.await();
            return Talk.all(socket).length;
        })) {
            Socket client = Local.connect(loop, server.port()).resume();
            client.onConnect(() -> {
                client.write(Talk.buffer("x"), error -> journal.add("small"));
                assertEquals(0, client.writableLength());
                assertEquals(0, client.queueSize());
                client.write(Talk.buffer("x".repeat(MUCH)), error -> journal.add("large"));
                assertEquals(MUCH, client.writableLength());
                assertTrue(client.queueSize() > 0);
                loop.nextTick(() -> {
                    journal.expect("small");
                    reading.open();
                });
                client.end();
            });
            loop.run();
            assertEquals(MUCH + 1, server.result());
        }
        journal.expect("large");
    }

    @Test
    @Covers({"S44", "node:test-net-write-fully-async-buffer"})
    void theChunksOfAWriteAreKeptUntilItIsThrough(Loop loop) {
        Gate reading = new Gate();
        byte[] all = Talk.noise(3, MUCH);
        try (Peer<byte[]> server = Peer.server(socket -> {
            reading.await();
            return Talk.all(socket);
        })) {
            Socket client = Local.connect(loop, server.port()).resume();
            client.onConnect(() -> {
                client.cork();
                for (int from = 0; from < MUCH; from += 64 * 1024) {
                    client.write(Arrays.copyOfRange(all, from, from + 64 * 1024)); // the socket has the only reference
                }
                client.end();
                loop.nextTick(() -> {
                    System.gc();
                    reading.open();
                });
            });
            loop.run();
            assertArrayEquals(all, server.result());
        }
    }

    @Test
    @Covers("node:test-net-stream")
    void aPeerThatLeavesInTheMiddleIsOneErrorAndTheClose(Loop loop) {
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            socket.setNoDelay().onError(error -> socket.destroy());
            for (int i = 0; i < 10; i++) {
                socket.write(new byte[MUCH / 4]);
            }
            socket.end();
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.text(socket, 1))) {
            loop.run();
        }
        assertEquals(
                1,
                journal.count("error write ECONNRESET")
                        + journal.count("error read ECONNRESET")
                        + journal.count("error write EPIPE"));
        assertEquals(1, journal.count("close true"));
    }

    @Test
    @Covers("node:test-net-response-size")
    void whatWasWrittenBeforeTheLoopWasHeldUpArrivesWithTheEnd(Loop loop) {
        int large = 100 * 1024;
        Gate received = new Gate();
        try (Peer<Integer> server = Peer.server(socket -> {
            int first = socket.getInputStream().readNBytes(large).length;
            received.open();
            return first + Talk.all(socket).length;
        })) {
            Socket client = Local.connect(loop, server.port()).resume();
            client.onConnect(() -> {
                client.write(new byte[large]);
                client.write(Talk.buffer("x"), error -> hold(received));
                client.destroySoon();
            });
            loop.run();
            assertEquals(large + 1, server.result());
        }
    }

    private static void hold(Gate gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Socket on(Loop loop, int fd) {
        return new Socket(loop, SocketOptions.defaults().fd(fd));
    }
}
