package io.chagres.net;

import java.nio.ByteBuffer;
import java.util.Random;

/** What is written in runs of a model: bytes in which no stretch is like another, so that what is lost, doubled or moved shows. */
final class ModelNoise {

    private static final int STARTS = 1 << 20;
    private static final ByteBuffer HEAP = ByteBuffer.wrap(noise(8 << 20));
    private static final ByteBuffer DIRECT = ByteBuffer.allocateDirect(HEAP.capacity()).put(0, HEAP, 0, HEAP.capacity());

    private final int start;

    /** Both sides of a connection write noise of their own. */
    ModelNoise(Random random) {
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

    ByteBuffer bytes(long position, int length, boolean direct) {
        return (direct ? DIRECT : HEAP).slice(start + (int) position, length);
    }

    boolean matches(long position, ByteBuffer bytes) {
        return bytes.equals(HEAP.slice(start + (int) position, bytes.remaining()));
    }
}
