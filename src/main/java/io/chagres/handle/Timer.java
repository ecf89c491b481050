package io.chagres.handle;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.TimerEntry;
import java.time.Duration;
import java.util.StringJoiner;

/**
 * Calls back once after a time, or again and again: uv_timer_t. Times count from the loop's cached time, see
 * {@link Loop#updateTime()}; if the timer is started while the loop does not run, they count from the clock. A timer never
 * fires early, and two that are due at the same time fire in the order in which they were started. Callbacks come from the
 * timer phase, the last of an iteration.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/timer.html">uv_timer_t</a>
 */
public final class Timer extends StoppableHandle {

    private static final long MICROS_PER_MILLI = 1000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final Entry entry;
    private long repeatMicros;
    private boolean closesWhenFired;
    private Runnable callback;

    /** A timer that is not started. */
    public Timer(Loop loop) {
        this(loop, new Entry());
    }

    private Timer(Loop loop, Entry entry) {
        super(loop);
        this.entry = entry;
        entry.timer = this;
    }

    /**
     * Calls {@code callback} once, {@code millis} milliseconds from now. The timer closes itself when it fires; close it to
     * cancel.
     */
    public static Timer after(Loop loop, long millis, Runnable callback) {
        Timer timer = new Timer(loop);
        timer.startOrClose(millis, 0, callback);
        timer.closesWhenFired = true;
        return timer;
    }

    /** Calls {@code callback} every {@code millis} milliseconds until it is stopped or closed; at least 1. */
    public static Timer every(Loop loop, long millis, Runnable callback) {
        if (millis < 1) {
            throw new UsageException("EINVAL", "millis must be 1 or more: " + millis);
        }
        Timer timer = new Timer(loop);
        timer.startOrClose(millis, millis, callback);
        return timer;
    }

    /** A factory that fails leaves nothing behind. */
    private void startOrClose(long timeoutMillis, long repeatMillis, Runnable callback) {
        try {
            start(timeoutMillis, repeatMillis, callback);
        } catch (Throwable refused) {
            close();
            throw refused;
        }
    }

    /** Starts it to fire once after {@code timeoutMillis}. If it is started already, this start replaces the other. */
    public void start(long timeoutMillis, Runnable callback) {
        start(timeoutMillis, 0, callback);
    }

    /**
     * Starts it to fire after {@code timeoutMillis}, and then every {@code repeatMillis} unless that is 0. A repeat counts
     * from the iteration in which the last shot fired: a loop that is late does not catch up.
     *
     * @throws UsageException EINVAL if a time is negative, the callback is null or the handle is closed
     */
    public void start(long timeoutMillis, long repeatMillis, Runnable callback) {
        startMicros(microsOf(timeoutMillis, "timeoutMillis"), microsOf(repeatMillis, "repeatMillis"), callback);
    }

    /** As {@link #start(long, long, Runnable)}, to the microsecond; a shorter part is rounded up. */
    public void start(Duration timeout, Duration repeat, Runnable callback) {
        startMicros(microsOf(timeout, "timeout"), microsOf(repeat, "repeat"), callback);
    }

    private void startMicros(long timeout, long repeat, Runnable callback) {
        requireOpen("start");
        UsageException.requireArgument(callback, "callback");
        core().timers().start(entry, timeout);
        this.callback = callback;
        repeatMicros = repeat;
        activate();
    }

    private static long microsOf(long millis, String name) {
        if (millis < 0) {
            throw new UsageException("EINVAL", name + " must not be negative: " + millis);
        }
        return millis > Long.MAX_VALUE / MICROS_PER_MILLI ? Long.MAX_VALUE : millis * MICROS_PER_MILLI;
    }

    private static long microsOf(Duration duration, String name) {
        if (UsageException.requireArgument(duration, name).isNegative()) {
            throw new UsageException("EINVAL", name + " must not be negative: " + duration);
        }
        return duration.getSeconds() < Long.MAX_VALUE / MICROS_PER_SECOND
                ? duration.getSeconds() * MICROS_PER_SECOND + Math.ceilDiv(duration.getNano(), 1000)
                : Long.MAX_VALUE;
    }

    /**
     * Starts a repeating timer anew with its repeat as the timeout; a timer without repeat stays as it is.
     *
     * @throws UsageException EINVAL on a timer that was never started
     */
    public void again() {
        requireOpen("again");
        if (callback == null) {
            throw new UsageException("EINVAL", "again on a timer that was never started");
        }
        if (repeatMicros > 0) {
            core().timers().start(entry, repeatMicros);
            activate();
        }
    }

    /** The repeat in milliseconds, rounded down; 0 if it has none. */
    public long repeatMillis() {
        core().checkThread();
        return repeatMicros / MICROS_PER_MILLI;
    }

    /** Sets the repeat; the shot that is under way keeps its time. */
    public void setRepeatMillis(long repeatMillis) {
        core().checkThread();
        repeatMicros = microsOf(repeatMillis, "repeatMillis");
    }

    /** Milliseconds until it fires, rounded up; 0 if it is due, or not started. */
    public long dueInMillis() {
        core().checkThread();
        return entry.isStarted() ? Math.ceilDiv(core().timers().microsUntil(entry), MICROS_PER_MILLI) : 0;
    }

    @Override
    protected void describe(StringJoiner text) {
        if (entry.isStarted()) {
            text.add("due in " + Math.ceilDiv(core().timers().microsUntil(entry), MICROS_PER_MILLI) + " ms");
        }
        long repeat = repeatMicros;
        if (repeat > 0) {
            text.add("repeats every "
                    + (repeat % MICROS_PER_MILLI == 0 ? repeat / MICROS_PER_MILLI + " ms" : repeat + " us"));
        }
    }

    @Override
    void disarm() {
        core().timers().stop(entry);
    }

    private void fire() {
        if (repeatMicros > 0) {
            core().timers().start(entry, repeatMicros);
        } else {
            deactivate();
        }
        if (closesWhenFired) {
            close();
        }
        callback.run();
    }

    private static final class Entry extends TimerEntry {

        private Timer timer;

        @Override
        protected void fire() {
            timer.fire();
        }
    }
}
