package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ConnectionTest
class SocketWriteTest {

    private final Journal journal = new Journal();

    /** The kernel takes a part of it: the rest begins where that ended, counted from the buffer's own position. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLargeWriteFromTheMiddleOfABufferArrivesWhole(boolean direct, Loop loop) {
        byte[] noise = Talk.noise(14, 16 << 20);
        ByteBuffer whole = direct ? ByteBuffer.allocateDirect(noise.length).put(noise) : ByteBuffer.wrap(noise);
        Gate written = new Gate();
        try (Peer<byte[]> peer = Peer.server(socket -> {
            written.await();
            return Talk.all(socket);
        })) {
            Socket client = Net.connect(loop, peer.port(), Local.HOST).resume();
            client.onConnect(() -> {
                assertFalse(client.write(whole.clear().position(7).limit(noise.length - 3)));
                client.end();
                written.open();
            });
            loop.run();
            assertArrayEquals(Arrays.copyOfRange(noise, 7, noise.length - 3), peer.result());
        }
    }

    @Test
    @Covers({"S47", "S48"})
    void theWriteCallbackIsCalledOnATickAlsoIfTheKernelTookAllAtOnce(Loop loop) {
        connected(loop, client -> {
            client.write(Talk.buffer("one"), error -> journal.add("one " + error));
            client.write(Talk.buffer("two"), error -> journal.add("two " + error));
            assertEquals(0, client.writableLength());
            loop.nextTick(journal.note("tick"));
            client.end();
            journal.expect();
        });
        journal.expect("one null", "two null", "tick");
    }

    @Test
    @Covers({"S37", "S42", "S43"})
    void writeTakesBytesTextAndBuffersFromPositionToLimit(Loop loop) {
        ByteBuffer part = Talk.buffer("[abc]").position(1).limit(4);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(8).put("direct".getBytes()).flip();
        String got = connected(loop, client -> {
            client.write("text ");
            client.write("bytes ".getBytes());
            client.write(part);
            client.write(part.asReadOnlyBuffer());
            client.write(direct);
            client.write("");
            client.write(ByteBuffer.allocate(0));
            client.end(new StringBuilder(" end"));
            assertEquals(1, part.position());
            assertEquals(4, part.limit());
            assertEquals(0, direct.position());
            assertEquals(6, direct.remaining());
        });
        assertEquals("text bytes abcabcdirect end", got);
    }

    @Test
    void anEmptyWriteCallsBack(Loop loop) {
        connected(loop, client -> {
            assertTrue(client.write(ByteBuffer.allocate(0), error -> journal.add("empty " + error)));
            client.write(Talk.buffer("x"), error -> journal.add("x " + error));
            client.end(ByteBuffer.allocate(0), error -> journal.add("end " + error));
        });
        journal.expect("empty null", "x null", "end null");
    }

    @Test
    @Covers("node:test-net-write-arguments")
    void nullIsRefusedAtTheCallAndHarmsNothing(Loop loop) {
        String got = connected(loop, client -> {
            for (Runnable wrong : new Runnable[] {
                () -> client.write((ByteBuffer) null), () -> client.write((byte[]) null),
                () -> client.write((CharSequence) null),
                        () -> client.write((ByteBuffer) null, error -> journal.add("never"))
            }) {
                UsageException refused = assertThrows(UsageException.class, wrong::run);
                assertEquals("ERR_STREAM_NULL_VALUES", refused.code());
                assertEquals("May not write null values to stream", refused.getMessage());
            }
            client.end("fine");
        });
        assertEquals("fine", got);
        journal.expect();
    }

    @Test
    @Covers({"S46", "node:test-net-bytes-written-large"})
    void bytesWrittenCountsWhatWaitsToo(Loop loop) {
        byte[] noise = Talk.noise(4, 10 << 20);
        Gate written = new Gate();
        try (Peer<byte[]> server = Peer.server(socket -> {
            written.await();
            return Talk.all(socket);
        })) {
            Socket client = Local.connect(loop, server.port());
            client.onConnect(() -> {
                client.end(ByteBuffer.wrap(noise), error -> assertEquals(10 << 20, client.bytesWritten()));
                assertEquals(10 << 20, client.bytesWritten());
                assertTrue(client.writableLength() > 0);
                written.open();
            });
            client.resume();
            client.onClose(hadError -> assertEquals(10 << 20, client.bytesWritten()));
            loop.run();
            assertArrayEquals(noise, server.result());
        }
    }

    @Test
    @Covers("node:test-stream3-cork-end")
    void corkedWritesGoTogetherAndCountAtOnce(Loop loop) {
        String got = connected(loop, client -> {
            client.cork();
            client.write("one");
            client.cork();
            client.write(Talk.buffer("twoo"), error -> journal.add("two"));
            client.uncork();
            assertEquals(7, client.writableLength());
            assertEquals(7, client.bytesWritten());
            client.uncork();
            assertEquals(7, client.bytesWritten());
            client.cork();
            client.end("!");
        });
        assertEquals("onetwoo!", got);
        journal.expect("two");
    }

    @Test
    @Covers("node:test-net-socket-byteswritten")
    void whatIsWrittenBeforeTheConnectionCountsAllTheTimeAndOnce(Loop loop) {
        int port = Local.once(loop, peer -> peer.resume().end());
        Socket client = Local.connect(loop, port).resume();
        client.cork();
        client.write("one");
        client.write("tw\u00f8");
        client.uncork();
        assertEquals(7, client.bytesWritten());
        client.onConnect(() -> {
            assertEquals(7, client.bytesWritten());
            client.write("!");
            assertEquals(8, client.bytesWritten());
            journal.add("connect");
        });
        client.onReady(() -> assertEquals(8, client.bytesWritten()));
        client.onEnd(() -> {
            assertEquals(8, client.bytesWritten());
            journal.add("end");
        });
        client.onClose(hadError -> assertEquals(8, client.bytesWritten()));
        loop.run();
        journal.expect("connect", "end");
    }

    @Test
    @Covers("node:test-net-sync-cork")
    void aHundredCorkedPairsNeverAnswerFalse(Loop loop) {
        String got = connected(loop, client -> {
            for (int i = 0; i < 100; i++) {
                client.cork();
                assertTrue(client.write("a"));
                assertTrue(client.write("b"));
                client.uncork();
            }
            client.end();
        });
        assertEquals("ab".repeat(100), got);
    }

    @Test
    @Covers({"node:test-net-write-callbacks", "libuv:tcp_write_queue_order"})
    void callbacksComeInOrderOnceEach(Loop loop) {
        int count = 20_000;
        int[] next = {0};
        String got = connected(loop, client -> {
            for (int i = 0; i < count; i++) {
                int mine = i;
                client.write(Talk.buffer("h"), error -> assertEquals(mine, next[0]++));
            }
            client.end();
        });
        assertEquals(count, got.length());
        assertEquals(count, next[0]);
    }

    @Test
    @Covers({"node:test-net-writable", "S107"})
    void atTheEndOfThePeerItCanStillWriteOnce(Loop loop) {
        int port = Local.once(loop, socket -> {
            socket.onEnd(() -> {
                assertTrue(socket.isWritable());
                assertTrue(socket.write("last word"));
            });
            socket.resume();
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, ""))) {
            loop.run();
            assertEquals("last word", client.result());
        }
    }

    @Test
    void theBytesOfAWriteMayBeReusedFromItsCallbackOn(Loop loop) {
        ByteBuffer reused = ByteBuffer.allocate(1);
        String got = connected(loop, client -> writeDigits(client, reused, 0));
        assertEquals("0123456789", got);
    }

    private static void writeDigits(Socket client, ByteBuffer reused, int digit) {
        if (digit > 9) {
            client.end();
            return;
        }
        reused.put(0, (byte) ('0' + digit));
        client.write(reused, error -> writeDigits(client, reused, digit + 1));
    }

    @Test
    @Covers("S4")
    void aSlowPeerDelaysTheCallbackUntilTheKernelHasAll(Loop loop) {
        byte[] noise = Talk.noise(5, 16 << 20);
        Gate reading = new Gate();
        try (Peer<byte[]> server = Peer.server(socket -> {
            reading.await();
            return Talk.all(socket);
        })) {
            Socket client = Local.connect(loop, server.port());
            client.resume();
            client.onConnect(() -> {
                assertFalse(client.write(ByteBuffer.wrap(noise), error -> {
                    journal.add("written " + error);
                    client.end();
                }));
                loop.nextTick(() -> {
                    journal.expect();
                    reading.open();
                });
            });
            loop.run();
            assertArrayEquals(noise, server.result());
        }
        journal.expect("written null");
    }

    /** Runs {@code write} when connected, and returns what arrived. */
    private static String connected(Loop loop, Consumer<Socket> write) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Local.connect(loop, server.port());
            client.onConnect(() -> write.accept(client));
            client.resume();
            loop.run();
            return server.result();
        }
    }
}
