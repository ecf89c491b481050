package io.chagres.loop;

/**
 * The clock of a loop, in nanoseconds. The default is {@link #SYSTEM}. A test can pass a clock to {@link Loop#Loop(LoopClock)} that it
 * moves by hand, so that an hour of timeouts runs in a moment:
 *
 * <pre>{@code
 * final class ManualClock implements LoopClock {
 *     private long now;
 *
 *     @Override
 *     public long nanoTime() {
 *         return now;
 *     }
 *
 *     @Override
 *     public long sleep(long nanos) {
 *         now += Math.max(nanos, 0);
 *         return nanos < 0 ? nanos : 0;
 *     }
 * }
 * }</pre>
 */
public interface LoopClock {

    /** The monotonic clock of the system, {@link System#nanoTime()}. The loop waits as long as the next timer requires. */
    LoopClock SYSTEM = System::nanoTime;

    /** Returns the time in nanoseconds since an arbitrary origin. It must never decrease. {@link Loop#metrics()} calls it on any thread. */
    long nanoTime();

    /**
     * Returns how long the loop must wait in the kernel. A clock that is moved by hand advances here and returns 0. By default this
     * returns {@code nanos}.
     *
     * @param nanos the nanoseconds until the next timer is due; -1 if no timer is started
     * @return the nanoseconds to wait in epoll_wait(2); -1 waits for an event without limit
     */
    default long sleep(long nanos) {
        return nanos;
    }
}
