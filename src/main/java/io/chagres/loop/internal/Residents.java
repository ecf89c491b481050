package io.chagres.loop.internal;

import io.chagres.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The list of the residents of a loop, oldest first. The links are fields of the residents, so that adding, removing and closing them
 * needs no memory.
 */
public final class Residents {

    private final Failures failures;
    private @Nullable Resident first;
    private @Nullable Resident last;
    /** The next resident that {@link #closeAll} closes; null outside of {@code closeAll}. */
    private @Nullable Resident cursor;

    private boolean refusing;
    /** Null unless origins are recorded. */
    private final @Nullable OriginTable origins = OriginTable.ofNewLoop();

    Residents(Failures failures) {
        this.failures = failures;
    }

    /**
     * Adds {@code resident} at the end.
     *
     * @throws UsageException ERR_LOOP_CLOSED if the loop is closing or closed
     */
    public void add(Resident resident) {
        if (refusing) {
            throw new UsageException("ERR_LOOP_CLOSED", "the loop is closed; nothing can be opened on it any more");
        }
        assert !contains(resident) : "already in the list: " + resident;
        if (origins != null) {
            origins.put(resident, origins.sample());
        }
        resident.previous = last;
        if (last == null) {
            first = resident;
        } else {
            last.next = resident;
        }
        last = resident;
    }

    private boolean contains(Resident resident) {
        return resident.previous != null || first == resident;
    }

    /** Takes {@code resident} off the list: its close callback is about to run. Calling it again is a no-op. */
    public void remove(Resident resident) {
        if (!contains(resident)) {
            return;
        }
        if (origins != null) {
            origins.remove(resident);
        }
        Resident previous = resident.previous;
        Resident next = resident.next;
        if (cursor == resident) {
            cursor = next;
        }
        if (previous == null) {
            first = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            last = previous;
        } else {
            next.previous = previous;
        }
        resident.previous = resident.next = null;
    }

    /** Returns whether the list is empty. */
    public boolean isEmpty() {
        return first == null;
    }

    /** Returns the oldest resident, or null. A dump reads the links from another thread if the loop is stuck. */
    @Nullable
    Resident first() {
        return first;
    }

    /** Returns where {@code resident} was made; null if that was not recorded. */
    @Nullable
    Origin originOf(Resident resident) {
        return origins == null ? null : origins.of(resident);
    }

    /** Returns the place of the current call, for a resident that is made later because of it; null if it is not recorded. */
    public @Nullable Origin origin() {
        return origins == null ? null : origins.sample();
    }

    /** Sets where {@code resident} was asked for, if {@code origin} is not null. */
    public void setOrigin(Resident resident, @Nullable Origin origin) {
        if (origins != null) {
            origins.put(resident, origin);
        }
    }

    /** Records where the residents of loops that are made from now on are made: one in {@code oneIn}; 0 for none. */
    public static void recordOrigins(int oneIn) {
        OriginTable.setDefault(oneIn);
    }

    /** Calls {@code visitor} with each resident that is in the list now. The visitor may close any of them. */
    public void visit(Consumer<? super Resident> visitor) {
        List<Resident> snapshot = new ArrayList<>();
        for (Resident member = first; member != null; member = member.next) {
            snapshot.add(member);
        }
        snapshot.forEach(visitor);
    }

    /** Closes each resident. This needs no memory, so that a loop can be closed in any state. */
    public void closeAll() {
        for (Resident member = first; member != null; member = cursor) {
            cursor = member.next;
            try {
                member.close();
            } catch (Throwable thrown) {
                failures.raise(thrown);
            }
        }
    }

    /** Refuses new residents from now on: the loop is being closed. */
    public void refuse() {
        refusing = true;
    }

    /** Returns whether the loop is being closed or is closed: no request can begin any more. */
    public boolean areRefused() {
        return refusing;
    }

    @Override
    public String toString() {
        return "Residents (" + (isEmpty() ? "none)" : "some)");
    }
}
