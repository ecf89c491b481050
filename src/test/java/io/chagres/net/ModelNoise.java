package io.chagres.net;

import java.nio.ByteBuffer;
import java.util.Random;

/** What is written in runs of a model: bytes in which no stretch is like another, so that what is lost, doubled or moved shows. */
final class ModelNoise {

    private static final int STARTS = 1 << 20;
    private static final ByteBuffer HEAP = ByteBuffer.wrap(noise(8 << 20));
    private static final ByteBuffer DIRECT =
            ByteBuffer.allocateDirect(HEAP.capacity()).put(0, HEAP, 0, HEAP.capacity());

    private final Random random;
    private final int start;

    /** Both sides of a connection write noise of their own. */
    ModelNoise(Random random) {
        this.random = new Random(random.nextLong());
        start = random.nextInt(STARTS);
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(9297).nextBytes(bytes);
        return bytes;
    }

    /** How many bytes one side may write in all. */
    static long most() {
        return HEAP.capacity() - STARTS;
    }

    /** A buffer with the bytes: at random one that starts and ends with them, or one that holds others before and behind them. */
    ByteBuffer bytes(long position, int length, boolean direct) {
        ByteBuffer all = direct ? DIRECT : HEAP;
        int from = start + (int) position;
        return random.nextBoolean()
                ? all.slice(from, length)
                : all.duplicate().limit(from + length).position(from);
    }

    boolean matches(long position, ByteBuffer bytes) {
        return bytes.equals(HEAP.slice(start + (int) position, bytes.remaining()));
    }
}
