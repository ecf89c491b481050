package io.chagres.loop.internal;

import java.util.Locale;

/** A length of time in a text for people. */
final class Span {

    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long MINUTE = 60 * SECOND;
    /** The units change at twice their size, so that at least two digits are left. */
    private static final int ENOUGH = 10;

    private Span() {}

    /** Returns {@code nanos} with two digits or more, as in {@code 320 us}, {@code 9.3 s} and {@code 12 min}. */
    static String of(long nanos) {
        if (nanos < ENOUGH * MILLI) {
            return nanos / MICRO + " us";
        }
        if (nanos < SECOND) {
            return nanos / MILLI + " ms";
        }
        if (nanos < ENOUGH * MINUTE) {
            return String.format(Locale.ROOT, "%.1f s", (double) nanos / SECOND);
        }
        return nanos / MINUTE + " min";
    }
}
