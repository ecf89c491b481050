package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

@ConnectionTest
class SocketBackpressureTest {

    private static final int MEBI = 1 << 20;

    private final Journal journal = new Journal();

    @Test
    @Covers({"node:test-net-throttle", "node:test-stream-writable-needdrain-state"})
    void aFalseIsFollowedByExactlyOneDrainOnceAllIsWritten(Loop loop) {
        Gate full = new Gate();
        try (Peer<Integer> server = Peer.server(socket -> {
            full.await();
            return Talk.all(socket).length;
        })) {
            Socket client = Local.connect(loop, server.port());
            client.resume();
            client.onConnect(() -> {
                while (client.write(ByteBuffer.allocate(60_000))) {
                    assertFalse(client.writableNeedDrain());
                }
                assertTrue(client.writableNeedDrain());
                client.write(ByteBuffer.allocate(60_000), error -> journal.add("callback"));
                full.open();
            });
            client.onDrain(() -> {
                assertEquals(0, client.writableLength());
                assertFalse(client.writableNeedDrain());
                journal.add("drain");
                loop.execute(client::end);
            });
            loop.run();
            assertEquals(client.bytesWritten(), server.result().longValue());
        }
        journal.expect("drain", "callback");
    }

    @Test
    @Covers("node:test-stream-write-drain")
    void noDrainIsEmittedAfterAnEnd(Loop loop) {
        Gate full = new Gate();
        try (Peer<Integer> server = Peer.server(socket -> {
            full.await();
            return Talk.all(socket).length;
        })) {
            Socket client = Local.connect(loop, server.port());
            client.resume();
            client.onDrain(journal.note("drain"));
            client.onFinish(journal.note("finish"));
            client.onConnect(() -> {
                assertFalse(client.write(ByteBuffer.allocate(32 * MEBI)));
                client.end();
                assertFalse(client.writableNeedDrain());
                full.open();
            });
            loop.run();
            assertEquals(32 * MEBI, server.result());
        }
        journal.expect("finish");
    }

    @Test
    void whatTheKernelTakesAtOnceNeedsNoDrain(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Local.connect(loop, server.port());
            client.resume();
            client.onDrain(journal.note("drain"));
            client.onConnect(() -> {
                for (int i = 0; i < 1000; i++) {
                    assertTrue(client.write("x"));
                }
                client.end();
            });
            loop.run();
        }
        journal.expect();
    }

    /** 64 MiB through a server that knows nothing but pipe, to a client that reads late and slowly. */
    @Test
    @Covers({"node:test-net-write-slow", "node:test-stream-pipe-flow"})
    void aPipeHoldsTheSourceBackAndLosesNothing(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.pipe(socket);
            socket.onData(chunk -> assertTrue(socket.writableLength() < MEBI));
        });
        try (Peer<byte[]> client = Peer.client(port, socket -> echoSlowly(socket, 64))) {
            loop.run();
            assertEquals(32, client.result().length);
        }
    }

    /** Sends on one thread, reads on another that begins when the first is stuck; compares digests. */
    private static byte[] echoSlowly(java.net.Socket socket, int mebibytes) throws Exception {
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        Gate stuckOrDone = new Gate();
        Thread sender = Thread.ofPlatform().daemon().start(() -> send(socket, mebibytes, sent, stuckOrDone));
        stuckOrDone.await();
        MessageDigest got = MessageDigest.getInstance("SHA-256");
        InputStream in = socket.getInputStream();
        byte[] some = new byte[10_000];
        for (int count = in.read(some); count >= 0; count = in.read(some)) {
            got.update(some, 0, count);
        }
        Waits.join(sender);
        byte[] digest = got.digest();
        assertArrayEquals(sent.digest(), digest);
        return digest;
    }

    private static void send(java.net.Socket socket, int mebibytes, MessageDigest digest, Gate late) {
        try {
            for (int i = 0; i < mebibytes; i++) {
                byte[] noise = Talk.noise(i, MEBI);
                digest.update(noise);
                Talk.send(socket, noise);
                if (i == 2) {
                    late.open();
                }
            }
            socket.shutdownOutput();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Covers({"node:test-net-write-fully-async-buffer", "node:test-net-write-fully-async-hex-string"})
    void twentyRoundsOfDrainEach1MiBArriveWhole(Loop loop) {
        int[] rounds = {0};
        try (Peer<byte[]> server = Peer.server(Talk::all)) {
            Socket client = Local.connect(loop, server.port());
            client.resume();
            Runnable writeMore = () -> {
                while (rounds[0] < 20 && client.write(Talk.noise(rounds[0]++, MEBI))) {
                    // until it answers false
                }
                if (rounds[0] == 10) {
                    System.gc();
                }
                if (rounds[0] == 20) {
                    client.end();
                }
            };
            client.onDrain(writeMore);
            client.onConnect(writeMore);
            loop.run();
            byte[] got = server.result();
            assertEquals(20 * MEBI, got.length);
            for (int round = 0; round < 20; round++) {
                byte[] part = Arrays.copyOfRange(got, round * MEBI, (round + 1) * MEBI);
                assertArrayEquals(Talk.noise(round, MEBI), part);
            }
        }
    }

    @Test
    @Covers("node:test-net-GH-5504")
    void aPeerThatGoesAwayInTheMiddleOf64MiBLeavesNothing(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.resume();
            socket.onError(error -> journal.add("error"));
            socket.onClose(hadError -> journal.add("close " + hadError));
            socket.write(ByteBuffer.allocate(64 * MEBI), error -> journal.add("write " + (error != null)));
        });
        try (Peer<Integer> client =
                Peer.client(port, socket -> socket.getInputStream().read())) {
            loop.run();
        }
        assertEquals(1, journal.count("error"));
        assertEquals(1, journal.count("close true"));
    }
}
