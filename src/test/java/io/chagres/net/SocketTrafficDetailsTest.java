package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small print of reading, writing and ending: facts that Node's own files assert, each as it is there. */
@ConnectionTest
class SocketTrafficDetailsTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    // ---- bytes

    @Test
    @Covers("node:test-net-binary")
    void eachByteValueGoesBothWays(Loop loop) {
        int port = Local.once(loop, socket -> socket.pipe(socket));
        byte[] all = new byte[512];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i < 256 ? 255 - i : i);
        }
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        Socket client = Local.connect(loop, port);
        client.onData(chunk -> {
            byte[] bytes = new byte[chunk.remaining()];
            chunk.get(bytes);
            got.writeBytes(bytes);
        });
        client.end(ByteBuffer.wrap(all), null);
        loop.run();
        assertArrayEquals(all, got.toByteArray());
    }

    @Test
    @Covers("node:test-net-large-string")
    void charactersOfThreeBytesAreDecodedAcrossChunks(Loop loop) {
        String text = "\u3042".repeat(40 * 1024);
        StringBuilder got = new StringBuilder();
        int port = Local.once(loop, socket -> socket.onText(StandardCharsets.UTF_8, got::append));
        Socket client = Local.connect(loop, port).resume();
        client.write(text);
        client.end();
        loop.run();
        assertEquals(text, got.toString());
    }

    @Test
    @Covers("node:test-net-write-fully-async-hex-string")
    void twentyRoundsOfDrainWithTextArriveWhole(Loop loop) {
        String text = "0123456789".repeat(100_000);
        int[] rounds = {0};
        try (Peer<byte[]> server = Peer.server(Talk::all)) {
            Socket client = Local.connect(loop, server.port()).resume();
            Runnable writeMore = () -> {
                boolean more = true;
                while (more && rounds[0] < 20) {
                    rounds[0]++;
                    more = client.write(text);
                }
                System.gc();
                if (rounds[0] == 20) {
                    client.end();
                }
            };
            client.onConnect(writeMore).onDrain(writeMore);
            loop.run();
            assertArrayEquals(text.repeat(20).getBytes(StandardCharsets.US_ASCII), server.result());
        }
    }

    @Test
    @Covers("node:test-net-bytes-stats")
    void twoConnectionsOfSixBytesAreTwelveOnBothSides(Loop loop) {
        long[] read = {0};
        long[] written = {0};
        int[] connects = {0};
        int port = Local.times(
                2,
                loop,
                ServerOptions.defaults(),
                socket -> socket.resume().onEnd(() -> read[0] += socket.bytesRead()));
        Socket client = new Socket(loop).resume();
        client.onConnect(() -> {
            connects[0]++;
            client.write(Talk.buffer("foo"), error -> client.end("bar"));
        });
        client.onFinish(() -> written[0] += client.bytesWritten());
        client.onClose(hadError -> {
            if (connects[0] < 2) {
                client.connect(port, Local.HOST);
            }
        });
        client.connect(port, Local.HOST);
        loop.run();
        assertEquals(12, read[0]);
        assertEquals(12, written[0]);
    }

    @Test
    @Covers("node:test-net-bytes-written-large")
    void corkedTextAndBytesCountAtOnceAndStayCounted(Loop loop) {
        int size = 10_000_000;
        int port = Local.once(loop, socket -> {
            socket.resume().cork();
            socket.write("a".repeat(size));
            assertEquals(size, socket.bytesWritten());
            socket.write(new byte[size]);
            assertEquals(2 * size, socket.bytesWritten());
            socket.end(error -> journal.add("ended " + socket.bytesWritten()));
            socket.uncork();
        });
        Socket client = Local.connect(loop, port).resume();
        client.onClose(hadError -> journal.add("read " + client.bytesRead()));
        loop.run();
        journal.expectInAnyOrder("ended " + 2 * size, "read " + 2 * size);
    }

    @Test
    @Covers("node:test-pipe-stream")
    void pingAndPongOverAPath(Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> socket.onData(chunk -> {
                    journal.add(Talk.text(chunk));
                    socket.write("PONG");
                })
                .onClose(hadError -> {
                    journal.add("accepted close " + hadError);
                    server.close();
                }));
        server.onClose(journal.note("server close"));
        String path = folder.resolve("socket").toString();
        server.listen(path, () -> {
            Socket client = new Socket(loop).connect(path);
            client.onConnect(() -> client.write("PING"));
            client.onData(chunk -> {
                journal.add(Talk.text(chunk));
                client.destroy();
            });
        });
        loop.run();
        journal.expect("PING", "PONG", "accepted close false", "server close");
    }

    // ---- ends

    @Test
    @Covers("node:test-net-end-destroyed")
    void aSocketThatHasEndedIsNotYetDestroyedInTheEndEvent(Loop loop) {
        int port = Local.once(loop, Socket::resume);
        Socket client = Local.connect(loop, port).resume();
        client.onConnect(client::end).onEnd(() -> journal.add("end, destroyed " + client.isDestroyed()));
        loop.run();
        journal.expect("end, destroyed false");
    }

    @Test
    @Covers("node:test-net-write-after-close")
    void aWriteAfterBothSidesHaveEndedIsAnErrorOfTheWriteAlone(Loop loop) {
        Socket[] accepted = new Socket[1];
        int port = Local.once(loop, socket -> {
            accepted[0] = socket.resume();
            socket.onError(error -> journal.add("error event"));
        });
        Socket client = Local.connect(loop, port).resume();
        client.onConnect(client::end);
        client.onClose(hadError -> loop.execute(() -> {
            assertTrue(accepted[0].isDestroyed());
            assertFalse(accepted[0].write(Talk.buffer("test"), error -> {
                assertNotNull(error);
                journal.add(error.code());
            }));
        }));
        loop.run();
        journal.expect("EPIPE");
    }

    @Test
    @Covers({"node:test-net-connect-reset", "node:test-net-socket-reset-twice"})
    void aResetOfASocketThatWasNeverConnectedIsAnError(Loop loop) {
        Socket socket = new Socket(loop);
        socket.resetAndDestroy().onError(error -> {
            journal.add(error.code() + " " + error.getMessage());
            socket.resetAndDestroy();
        });
        socket.onClose(hadError -> journal.add("close " + hadError));
        loop.run();
        journal.expect("ERR_SOCKET_CLOSED Socket is closed", "close true");
    }

    @Test
    @Covers("node:test-net-socket-write-after-close")
    void aWriteOnAHandleThatTheUserHasClosedFailsWithEbadf(Loop loop) {
        int port = Local.once(loop, peer -> peer.onError(error -> {}).resume());
        Tcp given = new Tcp(loop);
        Socket client = new Socket(loop, SocketOptions.defaults().handle(given));
        client.onError(error -> journal.add("error " + error.getMessage()));
        client.connect(port, Local.HOST, () -> {
            given.close();
            client.write(Talk.buffer("foo"), error -> journal.add(error.getMessage()));
        });
        loop.run();
        journal.expect("write EBADF", "error write EBADF");
    }

    // ---- timeouts

    @Test
    @Covers("node:test-net-timeout-no-handle")
    void aSocketThatIsNeverConnectedTimesOut(Loop loop, ManualClock clock) {
        Socket socket = new Socket(loop).setTimeout(50);
        socket.onConnect(journal.note("connect"))
                .onTimeout(() -> journal.add("timeout, pending " + socket.isPending()));
        Timer.after(loop, 200, () -> {});
        loop.run();
        journal.expect("timeout, pending true");
    }

    @Test
    @Covers("node:test-net-can-reset-timeout")
    void aWriteInTheTimeoutArrivesAndTheConnectionLivesOn(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.resume().setTimeout(20, () -> {
                journal.add("timeout");
                socket.write("WHAT.");
            });
            socket.onEnd(() -> {
                journal.add("accepted end");
                socket.setTimeout(0).end();
            });
        });
        Socket client = Local.connect(loop, port);
        client.onData(chunk -> {
            journal.add(Talk.text(chunk));
            client.end();
        });
        client.onEnd(journal.note("end"));
        loop.run();
        journal.expect("timeout", "WHAT.", "accepted end", "end");
    }

    @Test
    @Covers("node:test-net-socket-timeout")
    void anyTimeUpToTheLongestIsOneAndACallbackMustBe(Loop loop) {
        Socket socket = new Socket(loop);
        for (long millis : new long[] {0, 1, 1_000_000, Long.MAX_VALUE}) {
            assertSame(socket, socket.setTimeout(millis, () -> {}));
        }
        for (long millis : new long[] {0, 1}) {
            assertThrows(UsageException.class, () -> socket.setTimeout(millis, null));
        }
        socket.setTimeout(1, () -> {
            socket.destroy();
            assertSame(socket, socket.setTimeout(1, journal.note("never")));
            journal.add("timeout");
        });
        Timer.after(loop, 20, () -> {});
        loop.run();
        journal.expect("timeout");
    }

    // ---- keep-alive

    @ParameterizedTest
    @CsvSource({"123, 0", "456123, 456", "-123000, 0"})
    @Covers("node:test-net-connect-keepalive")
    void aDelayIsCutToWholeSecondsAndANegativeOneIsNone(long millis, int seconds, Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Net.connect(
                    loop,
                    SocketOptions.defaults().keepAlive(true, millis),
                    ConnectOptions.to(Local.HOST, server.port()));
            int ofTheSystem = 7200;
            client.onConnect(() -> {
                        KeepAlive set = client.get(SocketOption.KEEP_ALIVE);
                        assertTrue(set.isOn());
                        assertEquals(
                                seconds == 0 ? ofTheSystem : seconds, set.idle().toSeconds());
                        client.end();
                    })
                    .resume();
            loop.run();
        }
    }
}
