package io.chagres.compare;

/**
 * The settings of a load.
 *
 * @param seconds the length of a round
 * @param countCalls true to count system calls, if there is strace
 */
record Setting(Servers servers, Workshop workshop, double seconds, boolean countCalls) {

    private static final double NANOS = 1e9;

    static long nanos(double seconds) {
        return (long) (seconds * NANOS);
    }
}
