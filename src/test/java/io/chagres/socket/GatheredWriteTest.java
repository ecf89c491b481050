package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes of all kinds of buffers, in parts and queued: what arrives, what is told, and what becomes of the buffers. */
@ConnectionTest
class GatheredWriteTest {

    private final ByteArrayOutputStream expected = new ByteArrayOutputStream();
    private final List<ByteBuffer> given = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();
    private int told;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1023, 1024, 1025, 5000})
    @Covers("libuv:tcp_writealot")
    void aWriteMayHaveMoreBuffersThanOneCallTakes(int count, Loop loop) {
        Random random = new Random(count);
        ByteBuffer[] data = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            data[i] = keep(random(random, 200));
        }
        arrives(loop, tcp -> tcp.write(data, this::toldInOrder));
        assertEquals(1, told);
    }

    @Test
    void emptyBuffersAnywhereAreFine(Loop loop) {
        ByteBuffer empty = ByteBuffer.allocate(0);
        ByteBuffer[] data = {
            empty, keep(Talk.buffer("a")), empty, ByteBuffer.allocateDirect(0), keep(Talk.buffer("b")), empty
        };
        arrives(loop, tcp -> {
            tcp.write(new ByteBuffer[] {empty, empty}, this::toldInOrder);
            tcp.write(data, this::toldInOrder);
            tcp.write(empty, this::toldInOrder);
        });
        assertEquals(3, told);
    }

    /** The kernel is full before, so that all of it is queued and goes gathered. */
    @Test
    void queuedWritesOfAllKindsArriveInOrder(Loop loop) {
        Random random = new Random(17);
        arrives(loop, tcp -> {
            fill(tcp);
            for (int i = 0; i < 3000; i++) {
                ByteBuffer[] data = new ByteBuffer[1 + random.nextInt(4)];
                for (int j = 0; j < data.length; j++) {
                    data[j] = keep(random(random, random.nextInt(10) == 0 ? 40_000 : 300));
                }
                int mine = i;
                tcp.write(data, error -> {
                    assertNull(error);
                    assertEquals(mine, told++ - 1);
                });
            }
            assertTrue(tcp.writeQueueSize() > 0);
        });
        assertEquals(3001, told);
    }

    @Test
    void largeAndSmallOnesTakeTurns(Loop loop) {
        Random random = new Random(18);
        arrives(loop, tcp -> {
            fill(tcp);
            for (int i = 0; i < 20; i++) {
                tcp.write(keep(bytes(random, 300_000)), error -> told++);
                tcp.write(keep(bytes(random, 3)), error -> told++);
                tcp.write(keep(direct(random, 300_000)), error -> told++);
                tcp.write(keep(bytes(random, 16 * 1024)), error -> told++);
                tcp.write(keep(bytes(random, 16 * 1024 - 1)), error -> told++);
                tcp.write(new ByteBuffer[] {keep(bytes(random, 70_000)), keep(direct(random, 1))}, error -> told++);
            }
        });
        assertEquals(121, told);
    }

    /** The kernel takes it in many parts: each must go on where the last one ended, counted from the buffer's own position. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLargeWriteFromTheMiddleOfABufferArrivesWhole(boolean direct, Loop loop) {
        Random random = new Random(19);
        ByteBuffer whole = direct ? direct(random, 16 << 20) : bytes(random, 16 << 20);
        keep(whole.position(7).limit(whole.capacity() - 3));
        arrives(loop, tcp -> {
            tcp.write(whole, error -> told++);
            assertTrue(tcp.writeQueueSize() > 0);
        });
        assertEquals(1, told);
    }

    /** More than the kernel takes, so that it is the first of the queue. */
    private void fill(Tcp tcp) {
        tcp.write(keep(ByteBuffer.allocate(12 << 20)), error -> told++);
        assertTrue(tcp.writeQueueSize() > 0);
    }

    /** Sends what {@code write} writes to a peer that reads late; checks bytes and buffers. */
    private void arrives(Loop loop, Consumer<Tcp> write) {
        Gate written = new Gate();
        try (Peer<byte[]> peer = Peer.server(socket -> {
            written.await();
            return Talk.all(socket);
        })) {
            Tcp tcp = new Tcp(loop);
            tcp.connect(new SocketAddress("127.0.0.1", peer.port()), error -> {
                write.accept(tcp);
                tcp.shutdown(failed -> tcp.close());
                written.open();
            });
            loop.run();
            assertArrayEquals(expected.toByteArray(), peer.result());
        }
        for (int i = 0; i < given.size(); i++) {
            assertEquals(positions.get(i), given.get(i).position(), "position of buffer " + i);
        }
    }

    private void toldInOrder(Exception error) {
        assertNull(error);
        told++;
    }

    private ByteBuffer keep(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        expected.writeBytes(bytes);
        given.add(buffer);
        positions.add(buffer.position());
        return buffer;
    }

    /** On the heap or not, read-only or not, a part of another or not, up to {@code most} bytes. */
    private static ByteBuffer random(Random random, int most) {
        int length = random.nextInt(most + 1);
        ByteBuffer buffer = random.nextBoolean() ? bytes(random, length + 20) : direct(random, length + 20);
        buffer.position(random.nextInt(10)).limit(buffer.position() + length);
        if (random.nextBoolean()) {
            buffer = buffer.slice();
        }
        return random.nextInt(4) == 0 ? buffer.asReadOnlyBuffer() : buffer;
    }

    private static ByteBuffer bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private static ByteBuffer direct(Random random, int length) {
        return ByteBuffer.allocateDirect(length).put(bytes(random, length)).flip();
    }
}
