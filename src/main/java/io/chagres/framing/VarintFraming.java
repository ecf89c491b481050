package io.chagres.framing;

import java.nio.ByteBuffer;

/** Frames behind a varint with their length. */
final class VarintFraming extends Framing {

    private static final int MAX_PREFIX = 5; // 32 bits, seven a byte
    private static final int BITS = 7;
    private static final int VALUE = 0x7f;
    private static final long MAX_VALUE = 0xffff_ffffL;

    private final int maxLength;

    VarintFraming(int maxLength) {
        this.maxLength = maxLength;
    }

    @Override
    long find(ByteBuffer bytes, int from, int limit, int known) {
        int head = prefixBytes(bytes, from, limit);
        if (head == 0) {
            return Extent.NONE;
        }
        int total = total(bytes, from, head);
        return limit - from < total ? Extent.NONE : Extent.of(total, head, 0);
    }

    @Override
    int wanted(ByteBuffer partial, ByteBuffer chunk) {
        int head = prefixBytes(partial, 0, partial.position());
        return head == 0 ? 1 : Math.min(total(partial, 0, head) - partial.position(), chunk.remaining());
    }

    /** Returns the number of bytes of the prefix, or 0 if it is not complete. */
    private static int prefixBytes(ByteBuffer bytes, int from, int limit) {
        for (int i = 0; i < Math.min(MAX_PREFIX, limit - from); i++) {
            byte next = bytes.get(from + i);
            if (next >= 0) {
                if (next == 0 && i > 0) {
                    throw malformed("a varint has more bytes than it needs");
                }
                return i + 1;
            }
        }
        if (limit - from >= MAX_PREFIX) {
            throw malformed("a varint has more than 32 bits");
        }
        return 0;
    }

    /** Returns the number of bytes of prefix and frame. */
    private int total(ByteBuffer bytes, int from, int head) {
        long length = 0;
        for (int i = 0; i < head; i++) {
            length |= (long) (bytes.get(from + i) & VALUE) << BITS * i;
        }
        if (length > MAX_VALUE) {
            throw malformed("a varint has more than 32 bits");
        }
        if (length > maxLength) {
            throw tooLong(length, maxLength);
        }
        return head + (int) length;
    }

    @Override
    public String toString() {
        return "varint(" + maxLength + ")";
    }
}
