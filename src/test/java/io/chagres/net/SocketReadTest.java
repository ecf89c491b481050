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
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@ConnectionTest
class SocketReadTest {

    private final Journal journal = new Journal();
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();

    @Test
    @Covers({"S27", "S29", "S91"})
    void whatComesBeforeThereIsAListenerIsKept(Loop loop) {
        int port = Local.once(loop, socket -> {
            SocketEvents.withoutData(journal, "", socket);
            whenBuffered(loop, socket, 5, () -> {
                assertEquals(5, socket.bytesRead());
                socket.onData(chunk -> journal.add("data " + Talk.text(chunk)));
            });
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hello"))) {
            loop.run();
        }
        journal.expect("data hello", "end", "finish", "close false");
    }

    @Test
    @Covers({"S34", "S36"})
    void theEndWaitsUntilAllIsConsumed(Loop loop) {
        int port = Local.once(loop, socket -> {
            SocketEvents.into(journal, "", socket);
            socket.pause();
            whenBuffered(loop, socket, 5, () -> {
                journal.expect();
                assertTrue(socket.isReadable());
                socket.resume();
            });
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hello"))) {
            loop.run();
        }
        journal.expect("data hello", "end", "finish", "close false");
    }

    @Test
    @Covers({"S63", "S90", "node:test-net-server-pause-on-connect"})
    void pausedOnConnectItIsNotEvenRead(Loop loop) {
        Gate sent = new Gate();
        int port = Local.once(loop, ServerOptions.defaults().pauseOnConnect(true), socket -> {
            SocketEvents.into(journal, "", socket);
            assertTrue(socket.isPaused());
            Timer.after(loop, 20, () -> {
                await(sent);
                assertEquals(0, socket.bytesRead());
                journal.expect();
                socket.resume();
            });
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, "hello");
            sent.open();
            socket.shutdownOutput();
            return Talk.allText(socket);
        })) {
            loop.run();
        }
        journal.expect("data hello", "end", "finish", "close false");
    }

    @Test
    void pausedInAListenerTheRestOfWhatCameWaits(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.pause();
            whenBuffered(loop, socket, 10, () -> {
                socket.onData(chunk -> {
                    journal.add("data");
                    socket.pause();
                    loop.nextTick(() -> {
                        journal.add("resume");
                        socket.resume();
                    });
                });
                socket.resume();
            });
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            socket.setTcpNoDelay(true);
            Talk.send(socket, "hello");
            Talk.send(socket, "again");
            socket.shutdownOutput();
            return Talk.allText(socket);
        })) {
            loop.run();
        }
        assertEquals(journal.count("data"), journal.count("resume"));
        assertTrue(journal.count("data") >= 1);
    }

    @Test
    @Covers("node:test-net-pause")
    void pausedItBuffersUpToItsMarkAndThenLeavesTheRestToTheKernel(Loop loop) {
        byte[] noise = Talk.noise(1, 16 << 20);
        int port = Local.once(loop, socket -> {
            socket.pause();
            int most = socket.readableHighWaterMark() + 64 * 1024;
            whenBuffered(
                    loop,
                    socket,
                    socket.readableHighWaterMark(),
                    () -> Timer.after(loop, 20, () -> {
                        assertTrue(socket.readableLength() <= most, () -> "buffered " + socket.readableLength());
                        assertTrue(socket.bytesRead() <= most);
                        socket.onData(this::keep);
                        socket.resume();
                    }));
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, noise);
            socket.shutdownOutput();
            return Talk.allText(socket);
        })) {
            loop.run();
        }
        assertArrayEquals(noise, got.toByteArray());
    }

    @Test
    @Covers({"S28", "node:test-net-bytes-read"})
    void bytesReadCountsAllThatCame(Loop loop) {
        byte[] noise = Talk.noise(2, 1 << 20);
        Socket[] accepted = new Socket[1];
        int port = Local.once(loop, socket -> {
            accepted[0] = socket;
            long[] sum = {0};
            socket.onData(chunk -> assertEquals(sum[0] += chunk.remaining(), socket.bytesRead()));
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, noise);
            socket.shutdownOutput();
            return Talk.allText(socket);
        })) {
            loop.run();
        }
        assertEquals(1 << 20, accepted[0].bytesRead());
    }

    @Test
    void aChunkStaysAsItWasHoweverMuchComesAfterIt(Loop loop) {
        byte[] noise = Talk.noise(3, 4 << 20);
        List<ByteBuffer> chunks = new ArrayList<>();
        int port = Local.once(loop, socket -> socket.onData(chunks::add));
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, noise);
            socket.shutdownOutput();
            return Talk.allText(socket);
        })) {
            loop.run();
        }
        chunks.forEach(this::keep);
        assertArrayEquals(noise, got.toByteArray());
    }

    @Test
    void everyListenerGetsEachChunkInOrderOfRegistration(Loop loop) {
        int port = Local.once(
                loop,
                socket -> socket.onData(chunk -> journal.add("first " + chunk.remaining()))
                        .onData(chunk -> {
                            journal.add("second " + chunk.remaining());
                            socket.onData(late -> journal.add("late"));
                        }));
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hello"))) {
            loop.run();
        }
        journal.expect("first 5", "second 5");
    }

    @Test
    @Covers("S36")
    void resumeDiscardsDataWithoutAListener(Loop loop) {
        int port = Local.once(loop, socket -> {
            SocketEvents.withoutData(journal, "", socket);
            socket.resume();
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "unwanted"))) {
            loop.run();
        }
        journal.expect("end", "finish", "close false");
    }

    @Test
    void aSocketThatIsNotReadKeepsItsServerFromClosing(Loop loop) {
        Server server = Net.createServer(
                loop,
                socket -> whenBuffered(loop, socket, 5, () -> {
                    assertFalse(socket.isReadableEnded());
                    journal.add("not closed");
                    socket.resume();
                }));
        server.onClose(journal.note("close"));
        server.onConnection(socket -> server.close());
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hello"))) {
            loop.run();
        }
        journal.expect("not closed", "close");
    }

    private void keep(ByteBuffer chunk) {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.duplicate().get(bytes);
        got.writeBytes(bytes);
    }

    private static void whenBuffered(Loop loop, Socket socket, int length, Runnable then) {
        Timer[] look = new Timer[1];
        look[0] = Timer.every(loop, 1, () -> {
            if (socket.readableLength() >= length) {
                look[0].close();
                then.run();
            }
        });
    }

    private static void await(Gate gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Covers("S26")
    void readingIsBegunWhenItIsAskedForAndItsErrorDestroysTheSocket(Loop loop) {
        Gate accepted = new Gate();
        Socket[] idle = new Socket[1];
        int port = Local.once(loop, ServerOptions.defaults().pauseOnConnect(true), socket -> {
            SocketEvents.into(journal, "", socket);
            idle[0] = socket;
            accepted.open();
        });
        Timer running = Timer.after(loop, 60_000, () -> {});
        try (Peer<Void> client = Peer.client(port, socket -> {
            accepted.await();
            Talk.reset(socket);
            loop.execute(() -> {
                running.close();
                journal.add("resume");
                idle[0].resume();
            });
            return null;
        })) {
            loop.run();
        }
        journal.expect("resume", "error read ECONNRESET", "close true");
    }

    @Test
    @Covers("node:test-net-socket-close-after-end")
    void theCloseWaitsForALateReader(Loop loop) {
        int port = Local.once(loop, socket -> {
            boolean[] asked = {false};
            socket.onReadable(() -> {
                if (!asked[0]) {
                    asked[0] = true;
                    Timer.after(loop, 20, () -> journal.add("read " + Talk.text(socket.read())));
                }
            });
            socket.onEnd(journal.note("end")).onClose(hadError -> journal.add("close " + hadError));
            socket.end("foo");
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "foo"))) {
            loop.run();
            assertEquals("foo", client.result());
        }
        journal.expect("read foo", "end", "close false");
    }
}
