package io.chagres.net;

import java.util.Random;

/**
 * One thing that a user may do with a stream. All of it is drawn at once, whether it is used or not, so that the steps of a
 * seed are the same whatever the kernel is up to.
 *
 * @param size how many bytes it writes, where it does
 * @param pieces in how many buffers
 * @param chance a number of 0 to 99, for what is not done each time
 */
record ModelStep(Kind kind, int size, int pieces, boolean direct, int chance) {

    enum Kind {
        WRITE,
        WRITE_PIECES,
        TRY_WRITE,
        PAUSE,
        RESUME,
        HALF_CLOSE,
        CLOSE,
        RESET,
        NOTHING
    }

    private static final Kind[] GENTLE = {
        Kind.WRITE,
        Kind.WRITE,
        Kind.WRITE,
        Kind.WRITE_PIECES,
        Kind.WRITE_PIECES,
        Kind.TRY_WRITE,
        Kind.PAUSE,
        Kind.RESUME,
        Kind.RESUME,
        Kind.NOTHING,
        Kind.NOTHING,
    };
    private static final Kind[] RARE = {Kind.HALF_CLOSE, Kind.CLOSE, Kind.RESET};
    private static final int MAX_BYTES = 100 * 1024;
    private static final int FEW_BYTES = 700;
    private static final int MAX_PIECES = 6;

    static ModelStep next(Random random, boolean mayForce) {
        Kind gentle = GENTLE[random.nextInt(GENTLE.length)];
        Kind rare = RARE[random.nextInt(RARE.length)];
        boolean isRare = random.nextInt(25) == 0 && (mayForce || rare == Kind.HALF_CLOSE);
        int few = random.nextInt(FEW_BYTES);
        int many = random.nextInt(MAX_BYTES);
        int size = random.nextInt(10) == 0 ? many : few;
        return new ModelStep(
                isRare ? rare : gentle,
                size,
                1 + random.nextInt(MAX_PIECES),
                random.nextBoolean(),
                random.nextInt(100));
    }

    boolean writes() {
        return kind == Kind.WRITE || kind == Kind.WRITE_PIECES || kind == Kind.TRY_WRITE;
    }

    @Override
    public String toString() {
        String bytes = writes() ? " " + size + (direct ? " direct" : "") : "";
        return kind + bytes + (kind == Kind.WRITE_PIECES ? " in " + pieces : "");
    }
}
