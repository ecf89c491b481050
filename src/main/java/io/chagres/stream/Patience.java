package io.chagres.stream;

import io.chagres.UsageException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/**
 * The limit of the waits of an input or output stream: a time for each of them, or none.
 *
 * @param nanos 0 for no limit
 */
record Patience(long nanos) {

    static final Patience ENDLESS = new Patience(0);

    private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

    /**
     * Returns the limit of {@code timeout}.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if it is zero or negative
     */
    static Patience of(Duration timeout) {
        if (!UsageException.requireArgument(timeout, "timeout").isPositive()) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"timeout\" is out of range. It must be > 0. Received " + timeout);
        }
        return new Patience(timeout.compareTo(MAX) < 0 ? timeout.toNanos() : Long.MAX_VALUE);
    }

    /**
     * Waits until {@code isOver} returns true; called with the lock of {@code changed}.
     *
     * @param what the subject of the wait, for the messages
     * @throws SocketTimeoutException if the time has passed
     * @throws InterruptedIOException if the thread is interrupted; its flag is set again
     */
    void await(Condition changed, BooleanSupplier isOver, String what) throws InterruptedIOException {
        long left = nanos;
        while (!isOver.getAsBoolean()) {
            if (nanos > 0 && left <= 0) {
                throw new SocketTimeoutException("waited " + Duration.ofNanos(nanos) + " for " + what);
            }
            try {
                if (nanos > 0) {
                    left = changed.awaitNanos(left);
                } else {
                    changed.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for " + what);
            }
        }
    }
}
