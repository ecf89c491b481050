package io.chagres.loop.internal;

import io.chagres.jfr.Flight;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A callback that the {@link Watchdog} has seen running, from that moment until it has ended. Used by the thread of the watchdog only. */
public final class RunningCallback {

    private static final StackTraceElement[] NOTHING = {};

    private final LoopCore core;
    private final Thread thread;
    private final String phase;
    private final long turn;
    private final long callback;
    private final long since = System.nanoTime();
    /** The event of a recording; null if none wants it. */
    private final @Nullable Object event =
            Flight.isOn() && Flight.wantsSlowCallbacks() ? Flight.beginSlowCallback() : null;

    private boolean recorded;
    private final List<Watchdog.Watch> reported = new ArrayList<>(1);
    /** The stack when the callback was found; null before. */
    private StackTraceElement @Nullable [] stack;

    private RunningCallback(LoopCore core) {
        this.core = core;
        thread = core.owner;
        turn = core.meter().turns();
        callback = core.meter().callbacks();
        phase = core.meter().phase().toString();
    }

    /** Returns what {@code core} runs now; null if it waits or does not run. */
    static @Nullable RunningCallback of(LoopCore core) {
        return isBusy(core) ? new RunningCallback(core) : null;
    }

    private static boolean isBusy(LoopCore core) {
        return core.runState().isRunning() && !core.mailbox().isAsleep();
    }

    /** Returns whether the same callback still runs. */
    boolean lasts() {
        return isBusy(core)
                && core.meter().turns() == turn
                && core.meter().callbacks() == callback
                && core.owner == thread;
    }

    /** Reports the callback to those for which it has become slow. */
    void grow(List<Watchdog.Watch> watches) {
        if (event != null && !recorded && Flight.isSlow(event) && isFound()) {
            record(event);
        }
        for (Watchdog.Watch watch : watches) {
            if (watch.concerns(core)
                    && elapsedNanos() >= watch.thresholdNanos()
                    && !reported.contains(watch)
                    && isFound()) {
                reported.add(watch);
                report(watch, false);
            }
        }
    }

    /** Reports the end to those that know of the begin. */
    void end(List<Watchdog.Watch> watches) {
        if (event != null && recorded) {
            Flight.endSlowCallback(event);
        }
        for (Watchdog.Watch watch : reported) {
            if (watches.contains(watch)) {
                report(watch, true);
            }
        }
    }

    private void report(Watchdog.Watch watch, boolean finished) {
        try {
            watch.report(this, finished);
        } catch (Throwable thrown) {
            Failures.reportUncaught(thrown);
        }
    }

    private void record(Object begun) {
        recorded = true;
        StackTraceElement user = userCode();
        Flight.slowCallback(
                begun,
                thread.getName(),
                phase,
                turn,
                callback,
                user == null ? null : user.toString(),
                Stacks.text(stack()));
    }

    /**
     * Takes the stack, at the first call. Returns false if there is nothing to report: the callback has ended meanwhile, the loop is on
     * its way out of a wait, it is between two iterations and in no code of the user, or a debugger may hold it.
     */
    private boolean isFound() {
        if (stack != null) {
            return true;
        }
        StackTraceElement[] running = thread.getStackTrace();
        StackTraceElement[] inside = Stacks.insideTheLoop(running);
        boolean isStart = phase.isEmpty() && Stacks.userCode(inside) == null;
        if (running.length == 0 || isStart || !lasts() || Stacks.isWaiting(running) || Debugger.isLoaded()) {
            return false;
        }
        stack = inside;
        return true;
    }

    /** Returns the core of the loop. */
    public LoopCore core() {
        return core;
    }

    /** Returns the thread of the loop. */
    public Thread thread() {
        return thread;
    }

    /** Returns the phase in which the callback was found, such as {@code poll}. */
    public String phase() {
        return phase;
    }

    /** Returns how long the callback has been seen. It may have begun up to one look earlier. */
    public long elapsedNanos() {
        return System.nanoTime() - since;
    }

    /** Returns the stack that was running when the callback was found, innermost frame first. */
    public StackTraceElement[] stack() {
        return stack == null ? NOTHING : stack;
    }

    /** Returns the first frame that belongs neither to the JDK nor to Chagres; null if there is none. */
    public @Nullable StackTraceElement userCode() {
        return Stacks.userCode(stack());
    }

    @Override
    public String toString() {
        return "RunningCallback (" + thread.getName() + ", " + phase + ", "
                + TimeUnit.NANOSECONDS.toMillis(elapsedNanos()) + " ms)";
    }
}
