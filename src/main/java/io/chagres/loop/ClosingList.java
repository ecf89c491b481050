package io.chagres.loop;

/**
 * Handles whose close callbacks are due, last closed first as in libuv; what closes meanwhile waits an iteration. The links
 * sit in the residents, so that a close needs no memory.
 */
final class ClosingList {

    private final LoopCore core;
    private Resident last;

    ClosingList(LoopCore core) {
        this.core = core;
    }

    void add(Resident resident) {
        assert !resident.closing : "closed twice: " + resident;
        resident.closing = true;
        resident.closedBefore = last;
        last = resident;
    }

    boolean isEmpty() {
        return last == null;
    }

    void run() {
        Resident resident = last;
        last = null;
        while (resident != null) {
            Resident following = resident.closedBefore;
            resident.closedBefore = null;
            core.invoke(resident);
            resident = following;
        }
    }
}
