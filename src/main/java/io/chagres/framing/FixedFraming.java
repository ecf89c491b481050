package io.chagres.framing;

import java.nio.ByteBuffer;

/** Frames of one length. */
final class FixedFraming extends Framing {

    private final int length;

    FixedFraming(int length) {
        this.length = length;
    }

    @Override
    long find(ByteBuffer bytes, int from, int limit, int known) {
        return limit - from < length ? Extent.NONE : Extent.of(length, 0, 0);
    }

    @Override
    int wanted(ByteBuffer partial, ByteBuffer chunk) {
        return Math.min(length - partial.position(), chunk.remaining());
    }

    @Override
    public String toString() {
        return "fixed(" + length + ")";
    }
}
