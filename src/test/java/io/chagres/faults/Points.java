package io.chagres.faults;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every step that can fail with an Error, as {@link PointedLoader} finds them: a new object or array, a collection
 * that grows, native memory, a thread that starts. One of them can be made to fail, once.
 */
public final class Points {

    private static final AtomicInteger LEFT = new AtomicInteger();
    private static volatile boolean armed;
    private static volatile String struck;

    private Points() {}

    /** Lets the {@code number}th point from now on fail, counted from 1, on whatever thread. */
    public static void arm(int number) {
        struck = null;
        LEFT.set(number);
        armed = true;
    }

    /** Returns the place of the failure, or null if so many points were not reached. */
    public static String disarm() {
        armed = false;
        return struck;
    }

    /** A point; woven into the classes. */
    public static void at(String where) {
        if (armed && LEFT.decrementAndGet() == 0) {
            armed = false;
            struck = where;
            throw new OutOfMemoryError("planted in " + where);
        }
    }
}
