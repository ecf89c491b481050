package io.chagres.compare;

/**
 * What a load works with.
 *
 * @param seconds how long a round is
 * @param countCalls whether system calls are counted, where there is strace
 */
record Setting(Servers servers, Workshop workshop, double seconds, boolean countCalls) {

    private static final double NANOS = 1e9;

    static long nanos(double seconds) {
        return (long) (seconds * NANOS);
    }
}
