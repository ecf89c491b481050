package io.chagres.handle;

import io.chagres.loop.internal.Callee;
import io.chagres.loop.internal.LoopCore;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The close listeners of a handle that has more than one. Each runs, also if the one before it throws. */
final class CloseListeners implements Runnable {

    private final LoopCore core;
    private final List<Runnable> listeners;

    CloseListeners(LoopCore core, Runnable first, Runnable second) {
        this.core = core;
        listeners = new ArrayList<>(List.of(first, second));
    }

    void add(Runnable listener) {
        listeners.add(listener);
    }

    /** Removes one registration of {@code listener}, the last. */
    void remove(Runnable listener) {
        int last = listeners.lastIndexOf(listener);
        if (last >= 0) {
            listeners.remove(last);
        }
    }

    @Override
    public void run() {
        listeners.forEach(core.callbacks()::invoke);
    }

    /** Returns the names of the listeners, for a dump; any thread. */
    @Override
    public String toString() {
        StringJoiner names = new StringJoiner(" and of ");
        names.setEmptyValue("several");
        for (Object listener : listeners.toArray()) {
            if (Callee.hasText(listener)) {
                names.add(Callee.nameOf(listener));
            }
        }
        return names.toString();
    }
}
