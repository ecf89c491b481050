package io.chagres.framing;

/**
 * The extent of a frame: how many bytes it has with its prefix and its terminator, and how many of them these are. It is a long, since a
 * result object would be garbage at each frame.
 */
final class Extent {

    /** The frame is not complete. */
    static final long NONE = 0;

    private static final int HEAD_SHIFT = 32;
    private static final int TAIL_SHIFT = 40;
    private static final int MAX_PART = 255;

    private Extent() {}

    /**
     * @param total all bytes, at least one
     * @param head the bytes of the prefix, up to 255
     * @param tail the bytes of the terminator, up to 255
     */
    static long of(int total, int head, int tail) {
        return total | (long) head << HEAD_SHIFT | (long) tail << TAIL_SHIFT;
    }

    static int total(long extent) {
        return (int) extent;
    }

    static int head(long extent) {
        return (int) (extent >>> HEAD_SHIFT) & MAX_PART;
    }

    static int tail(long extent) {
        return (int) (extent >>> TAIL_SHIFT) & MAX_PART;
    }
}
