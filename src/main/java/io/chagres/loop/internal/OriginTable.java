package io.chagres.loop.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The places at which the residents of a loop were made, kept beside them, so that a resident pays nothing while this is off. One of
 * {@code oneIn} residents is recorded, because a stack costs some microseconds and a few hundred bytes.
 */
final class OriginTable {

    /** One in so many residents of a new loop is recorded; 0 if none. */
    private static volatile int oneInByDefault = meaningOf(System.getProperty("chagres.origins"));

    /** Concurrent, because a dump may read it while the loop is stuck. The keys count by identity: no resident has an equals. */
    private final Map<Resident, Origin> places = new ConcurrentHashMap<>();

    private final int oneIn;
    private int made;

    private OriginTable(int oneIn) {
        this.oneIn = oneIn;
    }

    /** Returns the table of a new loop; null if origins are off. */
    static @Nullable OriginTable ofNewLoop() {
        int oneIn = oneInByDefault;
        return oneIn == 0 ? null : new OriginTable(oneIn);
    }

    /** Sets how many residents of loops that are made from now on are recorded: one in {@code oneIn}; 0 for none. */
    static void setDefault(int oneIn) {
        oneInByDefault = oneIn;
    }

    /** Returns the meaning of {@code -Dchagres.origins}: true records each, a number one in so many, anything else none. */
    static int meaningOf(@Nullable String value) {
        if (value == null) {
            return 0;
        }
        try {
            return value.isEmpty() || value.equals("true") ? 1 : Math.max(0, Integer.parseInt(value));
        } catch (NumberFormatException off) {
            return 0;
        }
    }

    /** Returns the current place, or null if it is not one in so many. */
    @Nullable
    Origin sample() {
        return made++ % oneIn == 0 ? Origin.here() : null;
    }

    void put(Resident resident, @Nullable Origin origin) {
        if (origin != null) {
            places.put(resident, origin);
        }
    }

    void remove(Resident resident) {
        places.remove(resident);
    }

    /** Returns where {@code resident} was made, or null. */
    @Nullable
    Origin of(Resident resident) {
        return places.get(resident);
    }

    @Override
    public String toString() {
        return "OriginTable (" + places.size() + " known, 1 in " + oneIn + ")";
    }
}
