package io.chagres.faults;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every step that can fail with an Error, as {@link PointedLoader} finds them: an object or array that is made, a collection
 * that grows, native memory, a thread that starts. One of them can be made to fail, once.
 */
public final class Points {

    private static final AtomicInteger LEFT = new AtomicInteger();
    private static volatile boolean armed;
    private static volatile String struck;

    private Points() {}

    /** The {@code number}th point from now on fails, counted from 1, whichever thread comes to it. */
    public static void arm(int number) {
        struck = null;
        LEFT.set(number);
        armed = true;
    }

    /** Where it failed, or null if so many points were not reached. */
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
