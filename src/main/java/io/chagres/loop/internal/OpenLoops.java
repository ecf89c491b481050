package io.chagres.loop.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The loops of this process that are not closed, for observers: a trace, a watchdog, a dump. They do not keep a loop from being
 * collected.
 */
public final class OpenLoops {

    private static final Set<LoopCore> CORES = Collections.newSetFromMap(new WeakHashMap<>());

    static {
        ForgottenRun.watchExit();
    }

    private OpenLoops() {}

    static synchronized void add(LoopCore core) {
        CORES.add(core);
    }

    static synchronized void remove(LoopCore core) {
        CORES.remove(core);
    }

    /** Returns the loops that are open now; any thread. */
    public static synchronized List<LoopCore> all() {
        return new ArrayList<>(CORES);
    }

    /** Returns the loop that {@code thread} runs now, or null; any thread. */
    public static @Nullable LoopCore runBy(Thread thread) {
        for (LoopCore core : all()) {
            if (core.owner == thread && core.runState().isRunning()) {
                return core;
            }
        }
        return null;
    }
}
