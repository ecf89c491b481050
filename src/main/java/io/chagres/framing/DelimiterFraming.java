package io.chagres.framing;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Frames that end with a sequence of bytes. */
final class DelimiterFraming extends Framing {

    private final byte[] delimiter;
    private final int maxLength;

    /** @param delimiter not empty; no other object changes it */
    DelimiterFraming(byte[] delimiter, int maxLength) {
        this.delimiter = delimiter;
        this.maxLength = maxLength;
    }

    @Override
    long find(ByteBuffer bytes, int from, int limit, int known) {
        int seen = Math.min(limit - from, maxLength + delimiter.length);
        int start = from + Math.max(0, known - delimiter.length + 1); // a part of the delimiter may have arrived
        int at = ByteSearch.indexOf(bytes, start, from + seen, delimiter);
        if (at >= 0) {
            return Extent.of(at - from + delimiter.length, 0, delimiter.length);
        }
        if (seen == maxLength + delimiter.length) {
            throw tooLong(maxLength);
        }
        return Extent.NONE;
    }

    /** Bytes behind a delimiter that begins in {@code partial} are put back: there are few of them, at most another frame. */
    @Override
    int wanted(ByteBuffer partial, ByteBuffer chunk) {
        int from = chunk.position();
        int room = maxLength + delimiter.length - partial.position();
        int seen = Math.min(chunk.remaining(), room);
        int at = ByteSearch.indexOf(chunk, from, from + seen, delimiter);
        return at < 0 ? seen : at - from + delimiter.length;
    }

    @Override
    public String toString() {
        return "delimiter(0x" + HexFormat.of().formatHex(delimiter) + ", " + maxLength + ")";
    }
}
