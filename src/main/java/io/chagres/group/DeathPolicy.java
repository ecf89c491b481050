package io.chagres.group;

import io.chagres.UsageException;
import java.time.Duration;

/**
 * The reaction of a {@link LoopGroup} when one of its loops dies of an exception, or is stopped by other code than the group.
 *
 * <p>The connections of that loop are closed in any case. Those of the other loops are not, unless the policy ends the group.
 */
public final class DeathPolicy {

    private static final DeathPolicy END = new DeathPolicy(0, Duration.ZERO, -1);

    private final int maxRestarts;
    private final Duration within;
    private final int status;

    private DeathPolicy(int maxRestarts, Duration within, int status) {
        this.maxRestarts = maxRestarts;
        this.within = within;
        this.status = status;
    }

    /** Closes the whole group, and lets {@link LoopGroup#join()} throw the cause. This is the default. */
    public static DeathPolicy end() {
        return END;
    }

    /**
     * Makes a new loop in the place of the dead one, with the same setup and the same servers. Connections that wait in the backlog are
     * accepted by the new loop.
     *
     * <p>If one loop dies more than {@code max} times within {@code time}, or its setup or a server fails, the group ends as by {@link
     * #end()}.
     *
     * @param max 1 or more
     * @param time how long a death counts
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public static DeathPolicy restart(int max, Duration time) {
        UsageException.requireRange(max, 1, Integer.MAX_VALUE, "max");
        if (UsageException.requireArgument(time, "time").isNegative() || time.isZero()) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE", "The value of \"time\" is out of range. It must be > 0. Received " + time);
        }
        return new DeathPolicy(max, time, -1);
    }

    /**
     * Ends the process by {@link System#exit}, on a thread of its own, so that a supervisor such as systemd starts it again.
     *
     * @param status 0 to 255
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public static DeathPolicy exit(int status) {
        UsageException.requireRange(status, 0, 255, "status");
        return new DeathPolicy(0, Duration.ZERO, status);
    }

    int maxRestarts() {
        return maxRestarts;
    }

    Duration within() {
        return within;
    }

    boolean exits() {
        return status >= 0;
    }

    int status() {
        return status;
    }

    /** Returns the policy, as in {@code DeathPolicy (restart, at most 5 in PT1M)}. */
    @Override
    public String toString() {
        String what = maxRestarts > 0
                ? "restart, at most " + maxRestarts + " in " + within
                : exits() ? "exit with " + status : "end the group";
        return "DeathPolicy (" + what + ")";
    }
}
