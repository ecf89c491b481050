package io.chagres.loop.internal;

/** A check that the stack of the current thread has room for steps of which none must be the last. */
public final class StackRoom {

    /** About 3 KiB in compiled code, more in interpreted code: enough to write to an eventfd. */
    private static final int LEVELS = 40;

    private StackRoom() {}

    /** Throws StackOverflowError now if a few more calls would throw it later; takes 0.1 µs. */
    public static void require() {
        descend(LEVELS, 1, 2, 3, 4, 5, 6);
    }

    /** The sum after the call needs all parameters, so they are kept during the call. That makes the frame large. */
    private static long descend(int levels, long a, long b, long c, long d, long e, long f) {
        return levels == 0 ? a : descend(levels - 1, b, c, d, e, f, a) + a * b + c * d + e * f;
    }
}
