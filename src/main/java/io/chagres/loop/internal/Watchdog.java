package io.chagres.loop.internal;

import io.chagres.jfr.Flight;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The thread that finds slow callbacks: one daemon thread for all loops. It exists only while a {@link Watch} or a recording wants it.
 *
 * <p>It costs a loop nothing: it reads the counters that the {@link Meter} has anyway, and the sleep flag of the {@link Mailbox}. A loop
 * that is not asleep and begins no other callback between two looks is in one callback for that time.
 */
public final class Watchdog implements Runnable {

    /** A wish to be called with slow callbacks. The calls are on the thread of the watchdog. */
    public interface Watch {
        /** Returns the duration from which a callback is slow. */
        long thresholdNanos();

        /** Returns whether it is interested in the callbacks of {@code core}. */
        boolean concerns(LoopCore core);

        /** Called once for a callback that has become slow, while it runs, and once when it has ended. */
        void report(RunningCallback callback, boolean finished);
    }

    /** The time between two looks, if a recording wants slow callbacks. JFR does not say which threshold it has. */
    private static final long RECORDING_MILLIS = 5;

    private static final long MIN_MILLIS = 1;
    private static final long MAX_MILLIS = 1000;

    /** The looks in the time of the smallest threshold: a slow callback is found when it has lasted up to 1.25 times that. */
    private static final int LOOKS_PER_THRESHOLD = 4;

    private static final Watchdog INSTANCE = new Watchdog();

    private final Map<LoopCore, RunningCallback> callbacks = new IdentityHashMap<>();
    // guarded by this object
    private final List<Watch> watches = new ArrayList<>();
    private @Nullable Thread thread;
    private boolean wantsRecording;

    private Watchdog() {}

    /** Adds {@code watch}; any thread. */
    public static void add(Watch watch) {
        INSTANCE.change(watch, true);
    }

    /** Removes {@code watch}; any thread. A report that is being made ends after this call. */
    public static void remove(Watch watch) {
        INSTANCE.change(watch, false);
    }

    /** Starts to look for a recording, if the thread does not do so already; any thread. */
    static void start() {
        if (!INSTANCE.wantsRecording) { // a plain read: this is called in each iteration of each loop
            INSTANCE.startRecording();
        }
    }

    private synchronized void startRecording() {
        wantsRecording = true;
        try {
            startThread();
        } catch (Throwable noThread) {
            // a loop must not fail because it is watched; the next watch tries again
        }
    }

    private synchronized void change(Watch watch, boolean added) {
        if (added) {
            watches.add(watch);
            startThread();
        } else {
            watches.remove(watch);
        }
        notifyAll();
    }

    private void startThread() {
        if (thread == null) {
            Thread started = Thread.ofPlatform()
                    .daemon()
                    .name("chagres-watchdog")
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this);
            started.start();
            thread = started;
        }
    }

    @Override
    public void run() {
        for (List<Watch> wanted = next(); wanted != null; wanted = next()) {
            look(wanted);
        }
        callbacks.clear();
    }

    /** Waits until the next look is due. Returns the watches; null if nothing is wanted any more, and the thread must end. */
    private synchronized @Nullable List<Watch> next() {
        if (!isWanted()) {
            thread = null;
            return null;
        }
        try {
            wait(periodMillis());
        } catch (InterruptedException noReasonToEnd) {
            // the next look is early
        }
        return List.copyOf(watches);
    }

    private boolean isWanted() {
        wantsRecording = Flight.isOn() && Flight.wantsSlowCallbacks();
        return wantsRecording || !watches.isEmpty();
    }

    private long periodMillis() {
        long millis = wantsRecording ? RECORDING_MILLIS : MAX_MILLIS;
        for (Watch watch : watches) {
            millis = Math.min(millis, watch.thresholdNanos() / LOOKS_PER_THRESHOLD / 1_000_000);
        }
        return Math.max(millis, MIN_MILLIS);
    }

    private void look(List<Watch> wanted) {
        List<LoopCore> open = OpenLoops.all();
        callbacks.keySet().retainAll(open);
        for (LoopCore core : open) {
            RunningCallback known = callbacks.get(core);
            if (known != null && known.lasts()) {
                known.grow(wanted);
                continue;
            }
            if (known != null) {
                known.end(wanted);
            }
            RunningCallback seen = RunningCallback.of(core);
            if (seen == null) {
                callbacks.remove(core);
            } else {
                callbacks.put(core, seen);
            }
        }
    }

    /** Returns the number of watches, those of recordings not included. */
    @Override
    public synchronized String toString() {
        return "Watchdog (" + (thread == null ? "asleep, " : "awake, ") + watches.size() + " watches)";
    }
}
