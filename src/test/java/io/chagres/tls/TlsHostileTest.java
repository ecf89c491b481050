package io.chagres.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strangers send what they like: the connection ends with a clear error, others lose nothing, and nothing is left. */
@ConnectionTest
class TlsHostileTest {

    private static final TlsServerOptions SERVER = TlsServerOptions.of(TestContexts.SERVER);
    private static final TlsClientOptions CLIENT =
            TlsClientOptions.defaults().secureContext(TestContexts.CLIENT).servername("localhost");
    private static final byte[] TEXT = "sixteen bytes...".getBytes();

    /** With {@code -Dchagres.runs} every byte is changed, and otherwise every seventh. */
    private static final int STEP = Integer.getInteger("chagres.runs") == null ? 7 : 1;

    private final List<ChagresException> errors = new ArrayList<>();
    private final ByteArrayOutputStream echoed = new ByteArrayOutputStream();
    private int closed;

    /** A handshake and an echo; the bytes of {@code changed}, which counts on, pass through {@code change}. */
    private void talk(Loop loop, Wire[] wires) {
        TlsSocket server = TlsSocket.server(wires[1], SERVER);
        TlsSocket client = TlsSocket.client(wires[0], CLIENT);
        server.onError(errors::add).onClose(hadError -> closed++).pipe(server);
        client.onData(this::collect).onError(errors::add).onClose(hadError -> closed++);
        client.end(ByteBuffer.wrap(TEXT));
        loop.run();
        if (closed < 2) { // a changed length: one side waits for bytes that do not come
            wires[0].injectEnd();
            wires[1].injectEnd();
            loop.run();
        }
        assertEquals(2, closed, "both are closed");
    }

    private void collect(ByteBuffer chunk) {
        while (chunk.hasRemaining()) {
            echoed.write(chunk.get());
        }
    }

    private int lengthOf(Loop loop, int side) {
        Wire[] wires = Wire.pair(loop);
        talk(loop, wires);
        assertArrayEquals(TEXT, echoed.toByteArray());
        return wires[side].recorded().stream().mapToInt(write -> write.length).sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aFlippedBitAnywhereEndsInAnErrorOrHasNoEffect(int side, Loop loop) {
        int length = lengthOf(loop, side);
        int failed = 0;
        for (int at = 0; at < length; at += STEP) {
            errors.clear();
            echoed.reset();
            closed = 0;
            Wire[] wires = Wire.pair(loop);
            int position = at;
            int[] passed = {0};
            wires[side].cut(writes -> flip(writes, passed, position));
            talk(loop, wires);
            if (errors.isEmpty()) {
                assertArrayEquals(TEXT, echoed.toByteArray(), "byte " + at);
            } else {
                failed++;
            }
            errors.forEach(error -> assertTrue(error.code().matches("E[A-Z_0-9]+|[A-Z_]+"), error::toString));
        }
        assertTrue(failed > length / STEP / 2, failed + " of " + length / STEP + " have failed");
    }

    private static List<byte[]> flip(List<byte[]> writes, int[] passed, int position) {
        List<byte[]> changed = new ArrayList<>();
        for (byte[] write : writes) {
            byte[] copy = write.clone();
            if (position >= passed[0] && position < passed[0] + copy.length) {
                copy[position - passed[0]] ^= 1;
            }
            passed[0] += copy.length;
            changed.add(copy);
        }
        return changed;
    }

    @Test
    void aHandshakeThatStopsAnywhereIsAReset(Loop loop) {
        Wire[] recording = Wire.pair(loop);
        talk(loop, recording);
        byte[] hello = recording[0].recorded().getFirst();
        for (int cut = 0; cut < hello.length; cut += STEP) {
            errors.clear();
            Wire[] wires = Wire.pair(loop);
            TlsSocket server = TlsSocket.server(wires[1], SERVER);
            server.onError(errors::add);
            wires[0].inject(Arrays.copyOf(hello, cut));
            wires[0].injectEnd();
            loop.run();
            assertEquals(List.of("ECONNRESET"), codes(), "cut at " + cut);
        }
    }

    private List<String> codes() {
        return errors.stream().map(ChagresException::code).toList();
    }

    @Test
    void noiseIsAnErrorAtOnce(Loop loop) {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("noise for TLS: -Dchagres.seed=" + seed);
        Random random = new Random(seed);
        for (int run = 0; run < 50; run++) {
            errors.clear();
            byte[] noise = new byte[64 * 1024];
            random.nextBytes(noise);
            Wire[] wires = Wire.pair(loop);
            TlsSocket server =
                    TlsSocket.server(wires[1], run % 2 == 0 ? SERVER : SERVER.sni((name, answer) -> answer.use(null)));
            server.onError(errors::add);
            wires[0].inject(noise);
            wires[0].injectEnd();
            loop.run();
            assertEquals(1, errors.size());
        }
    }

    @ParameterizedTest
    @CsvSource({"16030148ff, ERR_SSL_PACKET_LENGTH_TOO_LONG", "170303ffff, ERR_SSL_PACKET_LENGTH_TOO_LONG"})
    void aRecordThatPromisesTooMuchIsRefusedByItsHeader(String header, String code, Loop loop) {
        Wire[] wires = Wire.pair(loop);
        TlsSocket server = TlsSocket.server(wires[1], SERVER);
        server.onError(errors::add);
        wires[0].inject(HexFormat.of().parseHex(header));
        wires[0].injectEnd();
        loop.run();
        assertEquals(List.of(code), codes());
    }

    @Test
    void connectionsThatSendNothingEndByTheHandshakeTimeout(Loop loop) {
        Map<String, Integer> counts = new TreeMap<>();
        int connections = 1000;
        List<Socket> clients = new ArrayList<>();
        TlsServer server = Tls.createServer(loop, SERVER.handshakeTimeout(Duration.ofMillis(200)), socket -> {});
        server.onTlsClientError((error, socket) -> counts.merge(error.code(), 1, Integer::sum));
        server.server().onClose(() -> clients.forEach(Socket::destroy));
        server.listen(ListenOptions.at(Local.HOST, 0), () -> {
            for (int i = 0; i < connections; i++) {
                clients.add(Net.connect(loop, server.address().port(), Local.HOST));
            }
        });
        server.server().onConnection(socket -> {
            if (server.server().acceptedCount() == connections) {
                server.close();
            }
        });
        loop.run();
        assertEquals(Map.of("ERR_TLS_HANDSHAKE_TIMEOUT", connections), counts);
    }

    @Test
    void aStrangerHasNoEffectOnOthers(Loop loop) {
        List<String> answers = new ArrayList<>();
        TlsServer server = Tls.createServer(loop, SERVER, socket -> socket.pipe(socket));
        server.onTlsClientError((error, socket) -> errors.add(error));
        server.listen(ListenOptions.at(Local.HOST, 0), () -> {
            int port = server.address().port();
            Socket stranger = Net.connect(loop, port, Local.HOST);
            stranger.onError(error -> {}).resume().write("GET / HTTP/1.0\r\n\r\n");
            TlsSocket client = TlsSocket.client(Net.connect(loop, port, Local.HOST), CLIENT);
            client.onText(UTF_8, answers::add);
            client.onEnd(server::close).end("hello");
        });
        loop.run();
        assertEquals(List.of("hello"), answers);
        assertEquals(List.of("ERR_SSL_HTTP_REQUEST"), codes());
    }
}
