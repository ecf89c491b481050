package io.chagres.loop;

import java.util.ArrayList;
import java.util.List;

/** Handles whose close callbacks are due, last closed first as in libuv; what closes meanwhile waits an iteration. */
final class ClosingList {

    private final LoopCore core;
    private List<Resident> closing = new ArrayList<>();
    private List<Resident> turn = new ArrayList<>();

    ClosingList(LoopCore core) {
        this.core = core;
    }

    void add(Resident resident) {
        closing.add(resident);
    }

    boolean isEmpty() {
        return closing.isEmpty();
    }

    void run() {
        if (closing.isEmpty()) {
            return;
        }
        List<Resident> taken = closing;
        closing = turn;
        turn = taken;
        for (int i = taken.size() - 1; i >= 0; i--) {
            core.invoke(taken.get(i));
        }
        taken.clear();
    }
}
