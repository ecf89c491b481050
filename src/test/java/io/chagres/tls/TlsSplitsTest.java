package io.chagres.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the bytes of TLS are cut on their way, the plain text is the same. */
@ExtendWith(LoopFixture.class)
class TlsSplitsTest {

    private static final TlsServerOptions SERVER = TlsServerOptions.of(TestContexts.SERVER);
    private static final TlsClientOptions CLIENT =
            TlsClientOptions.defaults().secureContext(TestContexts.CLIENT).servername("localhost");

    private final Journal journal = new Journal();
    private final ByteArrayOutputStream arrived = new ByteArrayOutputStream();

    /** An echo over TLS: the client sends {@code text}, and collects the answer. */
    private void echo(Loop loop, Wire[] wires, byte[] text) {
        TlsSocket server = TlsSocket.server(wires[1], SERVER);
        server.pipe(server);
        TlsSocket client = TlsSocket.client(wires[0], CLIENT);
        client.onData(this::collect).onEnd(() -> journal.add("end")).onClose(hadError -> journal.add("close"));
        client.end(ByteBuffer.wrap(text));
        loop.run();
        assertArrayEquals(text, arrived.toByteArray());
        journal.expect("end", "close");
    }

    private void collect(ByteBuffer chunk) {
        while (chunk.hasRemaining()) {
            arrived.write(chunk.get());
        }
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 100, 1000, 16_384})
    void piecesOfAnySizeArriveWhole(int size, Loop loop) {
        Wire[] wires = Wire.pair(loop);
        wires[0].inPiecesOf(size);
        wires[1].inPiecesOf(size);
        echo(loop, wires, noise(size < 10 ? 2000 : 50_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_383, 16_384, 16_385, 32_768, 32_769, 65_536, 200_001})
    void textsAtTheBordersOfRecordsArriveWhole(int size, Loop loop) {
        echo(loop, Wire.pair(loop), noise(size));
    }

    @Test
    void aRecordHasAtMost16KibOfPlainText(Loop loop) {
        Wire[] wires = Wire.pair(loop);
        echo(loop, wires, noise(16 * 1024 + 1));
        assertTrue(lengthsOf(wires[0].recorded()).stream().allMatch(length -> length <= 16 * 1024 + 256));
    }

    @Test
    void theWritesOfATurnGoDownInOneRecordAndOneWrite(Loop loop) {
        Wire[] wires = Wire.pair(loop);
        TlsSocket server = TlsSocket.server(wires[1], SERVER);
        server.resume();
        TlsSocket client = TlsSocket.client(wires[0], CLIENT);
        client.resume()
                .onSecureConnect(() -> loop.execute(() -> {
                    wires[0].recorded().clear();
                    for (int i = 0; i < 10; i++) {
                        client.write("word ");
                    }
                    loop.execute(() -> {
                        assertEquals(1, wires[0].recorded().size());
                        assertEquals(1, lengthsOf(wires[0].recorded()).size());
                        client.end();
                    });
                }));
        loop.run();
    }

    /** The lengths of the records in {@code writes}. */
    private static List<Integer> lengthsOf(List<byte[]> writes) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        writes.forEach(joined::writeBytes);
        ByteBuffer bytes = ByteBuffer.wrap(joined.toByteArray());
        List<Integer> lengths = new ArrayList<>();
        while (bytes.remaining() >= 5) {
            int length = bytes.getShort(bytes.position() + 3);
            lengths.add(length);
            bytes.position(bytes.position() + 5 + length);
        }
        return lengths;
    }

    @Test
    void aConversationThatIsCutAtRandomArrivesWhole(Loop loop) {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("TLS cut at random: -Dchagres.seed=" + seed);
        Random random = new Random(seed);
        for (int run = 0; run < 40; run++) {
            Wire[] wires = Wire.pair(loop);
            wires[0].cut(writes -> cut(writes, random));
            wires[1].cut(writes -> cut(writes, random));
            arrived.reset();
            echo(loop, wires, noise(random.nextInt(40_000)));
        }
    }

    /** With {@code -Dchagres.runs} at every byte, and otherwise at every seventh. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aConversationThatIsCutInTwoAnywhereArrivesWhole(int side, Loop loop) {
        int step = Integer.getInteger("chagres.runs") == null ? 7 : 1;
        byte[] text = noise(20);
        Wire[] recorded = Wire.pair(loop);
        echo(loop, recorded, text);
        int length = recorded[side].recorded().stream()
                .mapToInt(write -> write.length)
                .sum();
        for (int at = 1; at < length; at += step) {
            Wire[] wires = Wire.pair(loop);
            int position = at;
            int[] passed = {0};
            wires[side].cut(writes -> cutAt(writes, passed, position));
            arrived.reset();
            echo(loop, wires, text);
        }
    }

    private static List<byte[]> cutAt(List<byte[]> writes, int[] passed, int position) {
        List<byte[]> pieces = new ArrayList<>();
        for (byte[] write : writes) {
            int at = Math.clamp(position - passed[0], 0, write.length);
            pieces.add(Arrays.copyOf(write, at));
            pieces.add(Arrays.copyOfRange(write, at, write.length));
            passed[0] += write.length;
        }
        return pieces;
    }

    private static List<byte[]> cut(List<byte[]> writes, Random random) {
        List<byte[]> pieces = new ArrayList<>();
        for (byte[] write : writes) {
            int at = 0;
            while (at < write.length) {
                int size = 1 + random.nextInt(random.nextBoolean() ? 10 : 5000);
                pieces.add(Arrays.copyOfRange(write, at, Math.min(write.length, at + size)));
                at += size;
            }
        }
        return pieces;
    }

    @Test
    void everyCutOfAHelloIsUnderstood(Loop loop) {
        byte[] hello = recordedHello(loop);
        for (int cut = 1; cut < hello.length; cut++) {
            ByteBuffer first = ByteBuffer.wrap(hello, 0, cut);
            assertEquals(null, ClientHello.read(first), "cut at " + cut);
        }
        ClientHello read = ClientHello.read(ByteBuffer.wrap(hello));
        assertEquals("localhost", read.servername());
        assertEquals(List.of("h2", "http/1.1"), read.protocols());
    }

    private static byte[] recordedHello(Loop loop) {
        Wire[] wires = Wire.pair(loop);
        TlsSocket client = TlsSocket.client(wires[0], CLIENT.alpn("h2", "http/1.1"));
        client.onError(error -> {});
        loop.execute(() -> client.destroy());
        loop.run();
        wires[1].destroy();
        loop.run();
        return wires[0].recorded().getFirst();
    }

    @Test
    void noiseIsNoHello() {
        assertEquals(ClientHello.SILENT, ClientHello.read(ByteBuffer.wrap("GET / HTTP/1.1\r\n".getBytes(ISO_8859_1))));
    }
}
