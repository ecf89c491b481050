package io.chagres.compare;

/**
 * The settings of a load.
 *
 * @param seconds the length of a round
 * @param countCalls true to count system calls, if there is strace
 */
record Setting(Servers servers, Workshop workshop, double seconds, boolean countCalls) {

    /** The nanoseconds of a second. */
    static final double SECOND = 1e9;

    static long nanos(double seconds) {
        return (long) (seconds * SECOND);
    }
}
