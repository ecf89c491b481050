package io.chagres.loop.internal;

/** Asks whether the stack of the current thread has room for a protocol that must not end in its middle. */
public final class StackRoom {

    /** Some 3 KiB of compiled code, more of interpreted: what writing to an eventfd takes. */
    private static final int LEVELS = 40;

    private StackRoom() {}

    /** Throws StackOverflowError now, where it would be thrown a few calls later; 0.1 µs. */
    public static void require() {
        descend(LEVELS, 1, 2, 3, 4, 5, 6);
    }

    /** What is added up after the call has to be kept during it: that makes the frame large. */
    private static long descend(int levels, long a, long b, long c, long d, long e, long f) {
        return levels == 0 ? a : descend(levels - 1, b, c, d, e, f, a) + a * b + c * d + e * f;
    }
}
