package io.chagres.loop;

/**
 * The time that a loop lives by. A loop takes the system's monotonic clock unless it is given another; tests give it
 * one that they move by hand.
 */
public interface LoopClock {

    /** CLOCK_MONOTONIC, and real waiting. */
    LoopClock SYSTEM = System::nanoTime;

    /** The present moment in nanoseconds from an arbitrary origin; it never goes backwards. */
    long nanoTime();

    /**
     * How long the loop shall really sleep when nothing else is due for {@code nanos} (-1: no timer is set). A clock
     * that is moved by hand moves itself on here and answers 0.
     *
     * @param nanos the time until the next timer, or -1
     * @return nanoseconds to wait in epoll_wait(2); -1 waits for an event however long that takes
     */
    default long sleep(long nanos) {
        return nanos;
    }
}
