package io.chagres.framing;

import java.nio.ByteBuffer;

/** Frames that end with LF or CRLF. */
final class LineFraming extends Framing {

    private static final byte LF = '\n';
    private static final byte CR = '\r';
    private static final int MAX_TAIL = 2;

    private final int maxLength;

    LineFraming(int maxLength) {
        this.maxLength = maxLength;
    }

    @Override
    long find(ByteBuffer bytes, int from, int limit, int known) {
        int seen = Math.min(limit - from, maxLength + MAX_TAIL);
        int at = ByteSearch.indexOf(bytes, from + known, from + seen, LF);
        if (at < 0) {
            if (seen == maxLength + MAX_TAIL) {
                throw tooLong(maxLength);
            }
            return Extent.NONE;
        }
        int total = at - from + 1;
        int tail = at > from && bytes.get(at - 1) == CR ? 2 : 1;
        if (total - tail > maxLength) {
            throw tooLong(maxLength);
        }
        return Extent.of(total, 0, tail);
    }

    @Override
    int wanted(ByteBuffer partial, ByteBuffer chunk) {
        int from = chunk.position();
        int room = maxLength + MAX_TAIL - partial.position();
        int seen = Math.min(chunk.remaining(), room);
        int at = ByteSearch.indexOf(chunk, from, from + seen, LF);
        return at < 0 ? seen : at - from + 1;
    }

    @Override
    public String toString() {
        return "lines(" + maxLength + ")";
    }
}
