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

/** Writes of all kinds of buffers, in parts and queued: the bytes that arrive, the callbacks, and the positions of the buffers. */
@ConnectionTest
class GatheredWriteTest {

    private final ByteArrayOutputStream expected = new ByteArrayOutputStream();
    private final List<ByteBuffer> given = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();
    private int completed;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1023, 1024, 1025, 5000})
    @Covers("libuv:tcp_writealot")
    void aWriteMayHaveMoreBuffersThanOneSystemCallTakes(int count, Loop loop) {
        Random random = new Random(count);
        ByteBuffer[] data = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            data[i] = keep(random(random, 200));
        }
        assertArrives(loop, tcp -> tcp.write(data, this::countSuccess));
        assertEquals(1, completed);
    }

    @Test
    void emptyBuffersMayBeAnywhereInAWrite(Loop loop) {
        ByteBuffer empty = ByteBuffer.allocate(0);
        ByteBuffer[] data = {
            empty, keep(Talk.buffer("a")), empty, ByteBuffer.allocateDirect(0), keep(Talk.buffer("b")), empty
        };
        assertArrives(loop, tcp -> {
            tcp.write(new ByteBuffer[] {empty, empty}, this::countSuccess);
            tcp.write(data, this::countSuccess);
            tcp.write(empty, this::countSuccess);
        });
        assertEquals(3, completed);
    }

    /** The kernel's buffer is filled first, so that all writes are queued and sent gathered. */
    @Test
    void queuedWritesOfAllKindsArriveInOrder(Loop loop) {
        Random random = new Random(17);
        assertArrives(loop, tcp -> {
            fill(tcp);
            for (int i = 0; i < 3000; i++) {
                ByteBuffer[] data = new ByteBuffer[1 + random.nextInt(4)];
                for (int j = 0; j < data.length; j++) {
                    data[j] = keep(random(random, random.nextInt(10) == 0 ? 40_000 : 300));
                }
                int mine = i;
                tcp.write(data, error -> {
                    assertNull(error);
                    assertEquals(mine, completed++ - 1);
                });
            }
            assertTrue(tcp.writeQueueSize() > 0);
        });
        assertEquals(3001, completed);
    }

    @Test
    void largeAndSmallQueuedWritesArriveInOrder(Loop loop) {
        Random random = new Random(18);
        assertArrives(loop, tcp -> {
            fill(tcp);
            for (int i = 0; i < 20; i++) {
                tcp.write(keep(bytes(random, 300_000)), error -> completed++);
                tcp.write(keep(bytes(random, 3)), error -> completed++);
                tcp.write(keep(direct(random, 300_000)), error -> completed++);
                tcp.write(keep(bytes(random, 16 * 1024)), error -> completed++);
                tcp.write(keep(bytes(random, 16 * 1024 - 1)), error -> completed++);
                tcp.write(
                        new ByteBuffer[] {keep(bytes(random, 70_000)), keep(direct(random, 1))}, error -> completed++);
            }
        });
        assertEquals(121, completed);
    }

    /** The kernel takes the write in many parts. Each part must begin where the last one ended, counted from the buffer's position. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLargeWriteFromTheMiddleOfABufferArrivesWhole(boolean direct, Loop loop) {
        Random random = new Random(19);
        ByteBuffer whole = direct ? direct(random, 16 << 20) : bytes(random, 16 << 20);
        keep(whole.position(7).limit(whole.capacity() - 3));
        assertArrives(loop, tcp -> {
            tcp.write(whole, error -> completed++);
            assertTrue(tcp.writeQueueSize() > 0);
        });
        assertEquals(1, completed);
    }

    /** Writes more than the kernel takes, so that this write is the first of the queue. */
    private void fill(Tcp tcp) {
        tcp.write(keep(ByteBuffer.allocate(12 << 20)), error -> completed++);
        assertTrue(tcp.writeQueueSize() > 0);
    }

    /** Sends the writes of {@code write} to a peer that reads late, and checks the bytes that arrive and the buffers. */
    private void assertArrives(Loop loop, Consumer<Tcp> write) {
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

    private void countSuccess(Exception error) {
        assertNull(error);
        completed++;
    }

    private ByteBuffer keep(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        expected.writeBytes(bytes);
        given.add(buffer);
        positions.add(buffer.position());
        return buffer;
    }

    /** Returns a buffer of up to {@code max} bytes: on the heap or not, read-only or not, a part of another or not. */
    private static ByteBuffer random(Random random, int max) {
        int length = random.nextInt(max + 1);
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
