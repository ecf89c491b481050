package io.chagres.framing;

import java.nio.ByteBuffer;

/** Frames behind a prefix of fixed size with their length. */
final class LengthFraming extends Framing {

    private final int prefixBytes;
    private final int maxLength;

    LengthFraming(int prefixBytes, int maxLength) {
        this.prefixBytes = prefixBytes;
        this.maxLength = maxLength;
    }

    @Override
    long find(ByteBuffer bytes, int from, int limit, int known) {
        int available = limit - from;
        if (available < prefixBytes) {
            return Extent.NONE;
        }
        int total = total(bytes, from);
        return available < total ? Extent.NONE : Extent.of(total, prefixBytes, 0);
    }

    @Override
    int wanted(ByteBuffer partial, ByteBuffer chunk) {
        int have = partial.position();
        int needed = have < prefixBytes ? prefixBytes : total(partial, 0);
        return Math.min(needed - have, chunk.remaining());
    }

    /** Returns the number of bytes of prefix and frame. */
    private int total(ByteBuffer bytes, int from) {
        long length = switch (prefixBytes) {
            case 1 -> bytes.get(from) & 0xff;
            case 2 -> bytes.getShort(from) & 0xffff;
            case 4 -> bytes.getInt(from) & 0xffff_ffffL;
            default -> bytes.getLong(from);
        };
        if (Long.compareUnsigned(length, maxLength) > 0) {
            throw tooLong(length, maxLength);
        }
        return prefixBytes + (int) length;
    }

    @Override
    public String toString() {
        return "length(" + prefixBytes + ", " + maxLength + ")";
    }
}
