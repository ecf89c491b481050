package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.socket.SocketOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Writes: their order, their callbacks, and what waits. */
@ConnectionTest
class TlsWriteTest {

    /** What the JDK adds to the plain text of a record of TLS 1.3: 16 zeros, the type, and the tag. */
    private static final int OVERHEAD = 16 + 1 + 16;

    private final Journal journal = new Journal();
    private final StringBuilder received = new StringBuilder();

    /** Serves one connection, and returns the client of it. */
    private TlsSocket connect(Loop loop, Consumer<TlsSocket> listener) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), listener);
        server.onSecureConnection(socket -> server.close());
        server.listen(0, Local.HOST, null);
        TlsSocket client =
                Tls.connect(loop, ConnectOptions.to(Local.HOST, server.address().port()), Contexts.client(), null);
        client.onError(error -> journal.add("error " + error));
        return client;
    }

    private void receiving(TlsSocket socket) {
        socket.onText(StandardCharsets.UTF_8, received::append);
    }

    @Test
    @Covers("node:test-tls-buffersize")
    void theBytesThatTheKernelDoesNotTakeAreCountedUntilTheFinish(Loop loop) {
        int size = 1 << 20; // more than the kernel takes with a buffer of 64 KiB and a peer that does not read
        long[] count = {0};
        TlsSocket client = connect(loop, socket -> socket.onData(chunk -> count[0] += chunk.remaining()));
        client.onFinish(() -> journal.add("finish with " + client.writableLength()));
        client.onSecureConnect(() -> {
            client.socket().set(SocketOption.SO_SNDBUF, 64 * 1024);
            assertEquals(0, client.writableLength());
            client.write("a");
            client.write(ByteBuffer.allocate(size));
            client.write(ByteBuffer.allocate(size));
            assertTrue(client.writableLength() >= size, "bytes that wait: " + client.writableLength());
            client.end();
        });
        client.resume();
        loop.run();
        assertEquals(2 * size + 1, count[0]);
        journal.expect("finish with 0");
    }

    @Test
    @Covers("node:test-tls-fast-writing")
    void writingUntilNothingMoreIsTakenIsFollowedByADrain(Loop loop) {
        long[] count = {0};
        TlsSocket client = connect(
                loop,
                socket -> socket.onData(chunk -> {
                    assertTrue(chunk.hasRemaining());
                    count[0] += chunk.remaining();
                }));
        ByteBuffer chunk = ByteBuffer.allocate(1024);
        int[] written = {0};
        client.onDrain(() -> {
            journal.add("drain");
            client.end();
        });
        client.onSecureConnect(() -> {
            do {
                written[0]++;
            } while (client.write(chunk.duplicate()));
            assertTrue(client.writableNeedDrain());
        });
        client.resume();
        loop.run();
        journal.expect("drain");
        assertEquals(written[0] * 1024L, count[0]);
    }

    @Test
    @Covers("node:test-tls-interleave")
    void theWritesOfBothSidesCross(Loop loop) {
        TlsSocket client = connect(loop, socket -> {
            socket.onData(chunk -> journal.add(Talk.text(chunk)));
            for (String text : List.of("some server data", "and a separate packet", "and one more")) {
                socket.write(text);
            }
        });
        client.onText(StandardCharsets.UTF_8, text -> {
            received.append(text);
            if (received.toString().endsWith("and one more")) {
                client.end();
            }
        });
        client.onSecureConnect(() -> client.write("some client data"));
        loop.run();
        assertEquals("some server dataand a separate packetand one more", received.toString());
        journal.expect("some client data");
    }

    @Test
    @Covers("node:test-tls-invoke-queued")
    void aWriteInTheCallbackOfAWriteIsWritten(Loop loop) {
        TlsSocket client = connect(
                loop,
                socket -> socket.resume().write(Talk.buffer("hello "), first -> {
                    socket.write(Talk.buffer("world!"), second -> {
                        journal.add("world");
                        socket.end();
                    });
                    socket.write(Talk.buffer(" gosh"), third -> journal.add("gosh"));
                }));
        receiving(client);
        client.onEnd(journal.note("end"));
        loop.run();
        assertEquals("hello world! gosh", received.toString());
        journal.expect("world", "gosh", "end");
    }

    @Test
    @Covers("node:test-tls-max-send-fragment")
    void theSizeOfARecordIsLimited(Loop loop) {
        Wire[] wires = Wire.pair(loop);
        TlsSocket server = TlsSocket.server(wires[1], Contexts.server());
        TlsSocket client = TlsSocket.client(wires[0], Contexts.client().servername("localhost"));
        for (int wrong : new int[] {511, 16_385, 0, -1, Integer.MAX_VALUE}) {
            assertEquals(
                    "ERR_OUT_OF_RANGE",
                    assertThrows(UsageException.class, () -> server.setMaxSendFragment(wrong))
                            .code());
        }
        int[] handshake = {0};
        server.setMaxSendFragment(768).onSecureConnect(() -> {
            handshake[0] = wires[1].recorded().size();
            server.resume().end(ByteBuffer.allocate(10_000));
        });
        client.onData(chunk -> {});
        loop.run();
        assertEquals(10_000, client.bytesRead());
        List<byte[]> data = wires[1].recorded();
        List<Integer> sizes = recordSizes(data.subList(handshake[0], data.size()));
        assertTrue(sizes.size() > 13, sizes::toString);
        assertTrue(sizes.stream().allMatch(size -> size <= 768 + OVERHEAD), sizes::toString);
    }

    /** The sizes of the records in {@code writes}, with the tag and the type inside. */
    private static List<Integer> recordSizes(List<byte[]> writes) {
        List<Integer> sizes = new ArrayList<>();
        ByteBuffer all = ByteBuffer.allocate(
                writes.stream().mapToInt(bytes -> bytes.length).sum());
        writes.forEach(all::put);
        all.flip();
        while (all.hasRemaining()) {
            int size = all.getShort(all.position() + 3);
            sizes.add(size);
            all.position(all.position() + 5 + size);
        }
        return sizes;
    }

    @Test
    @Covers("node:test-tls-zero-clear-in")
    void anEmptyEndIsNoError(Loop loop) {
        TlsSocket client = connect(loop, socket -> {
            socket.onData(chunk -> journal.add("data"));
            socket.onEnd(journal.note("server end"));
        });
        client.end("");
        client.onClose(hadError -> journal.add("close " + hadError));
        client.resume();
        loop.run();
        journal.expect("server end", "close false");
    }

    @Test
    @Covers("node:test-tls-writewrap-leak")
    void aWriteThatWaitsForTheHandshakeFailsWithTheConnection(Loop loop) {
        int port = Local.once(loop, socket -> socket.destroy());
        TlsSocket client = Tls.connect(loop, ConnectOptions.to(Local.HOST, port), Contexts.client(), null);
        client.onError(error -> journal.add("error " + error.code()));
        client.write(Talk.buffer("hello"), error -> journal.add("written " + error.code()));
        client.resume();
        loop.run();
        journal.expectInAnyOrder("written ECONNRESET", "error ECONNRESET");
        assertFalse(client.isSecure());
    }
}
