package io.chagres.handle;

import io.chagres.loop.internal.LoopCore;
import java.util.ArrayList;
import java.util.List;

/** The close listeners of a handle that has more than one. Each runs, whatever the one before it throws. */
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

    @Override
    public void run() {
        listeners.forEach(core.callbacks()::invoke);
    }
}
