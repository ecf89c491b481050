package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/**
 * The residents whose close callbacks are due, last closed first as in libuv. One that is closed while they run waits for the next
 * iteration. The links are fields of the residents, so that a close needs no memory.
 */
public final class ClosingList {

    private final Callbacks callbacks;
    private @Nullable Resident last;

    ClosingList(Callbacks callbacks) {
        this.callbacks = callbacks;
    }

    /** Queues {@link Resident#finishClose} for the closing phase. */
    public void add(Resident resident) {
        assert !resident.closing : "closed twice: " + resident;
        resident.closing = true;
        resident.closedBefore = last;
        last = resident;
    }

    boolean isEmpty() {
        return last == null;
    }

    /** Runs the closing phase. */
    public void run() {
        Resident resident = last;
        last = null;
        while (resident != null) {
            Resident following = resident.closedBefore;
            resident.closedBefore = null;
            callbacks.invoke(resident);
            resident = following;
        }
    }

    @Override
    public String toString() {
        return "ClosingList (" + (isEmpty() ? "empty)" : "in use)");
    }
}
