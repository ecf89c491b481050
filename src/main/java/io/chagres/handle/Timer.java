package io.chagres.handle;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Callee;
import io.chagres.loop.internal.TimerEntry;
import java.time.Duration;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A handle that calls back once after a timeout, or repeatedly: uv_timer_t. Callbacks run in the timer phase, the last of an iteration.
 *
 * <p>A timeout counts from the {@linkplain Loop#now() cached time} of the loop. If the timer is started while the loop does not run, the
 * timeout counts from the clock. A timer never fires early. Timers that are due at the same time fire in the order in which they were
 * started.
 *
 * <pre>{@code
 * Timer.after(loop, 5000, () -> log("five seconds have passed"));
 *
 * Timer idle = new Timer(loop);
 * idle.start(30_000, connection::close);
 * idle.start(30_000, connection::close); // replaces the first start
 * }</pre>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/timer.html">uv_timer_t</a>
 */
public final class Timer extends StoppableHandle {

    private static final long MICROS_PER_MILLI = 1000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final Entry entry;
    private long repeatMicros;
    private boolean closesWhenFired;
    private @Nullable Runnable callback;

    /** Makes a timer that is not started. */
    public Timer(Loop loop) {
        this(loop, new Entry());
    }

    private Timer(Loop loop, Entry entry) {
        super(loop);
        this.entry = entry;
        entry.timer = this;
    }

    /**
     * Calls {@code callback} once, after {@code millis} milliseconds. The timer closes itself right before the callback. To cancel it,
     * close it.
     *
     * @param millis 0 or more; 0 means the next timer phase
     * @throws UsageException EINVAL if the time is negative or the callback null; no handle is left open
     */
    public static Timer after(Loop loop, long millis, Runnable callback) {
        Timer timer = new Timer(loop);
        timer.startOrClose(millis, 0, callback);
        timer.closesWhenFired = true;
        return timer;
    }

    /**
     * Calls {@code callback} every {@code millis} milliseconds, for the first time after {@code millis}, until the timer is stopped or
     * closed.
     *
     * @param millis 1 or more
     * @throws UsageException EINVAL if the time is less than 1 or the callback null; no handle is left open
     */
    public static Timer every(Loop loop, long millis, Runnable callback) {
        if (millis < 1) {
            throw new UsageException("EINVAL", "millis must be 1 or more: " + millis);
        }
        Timer timer = new Timer(loop);
        timer.startOrClose(millis, millis, callback);
        return timer;
    }

    /** Starts this timer, and closes it if that fails. */
    private void startOrClose(long timeoutMillis, long repeatMillis, Runnable callback) {
        try {
            start(timeoutMillis, repeatMillis, callback);
        } catch (Throwable refused) {
            close();
            throw refused;
        }
    }

    /**
     * Calls {@code callback} once, after {@code timeoutMillis}. If the timer is started already, this start replaces the other one.
     *
     * @throws UsageException EINVAL if the time is negative, the callback is null or the handle is closed
     */
    public void start(long timeoutMillis, Runnable callback) {
        start(timeoutMillis, 0, callback);
    }

    /**
     * Calls {@code callback} after {@code timeoutMillis}, and then every {@code repeatMillis}. A repeat counts from the iteration in
     * which the timer has fired. So a loop that is late does not catch up with several calls in a row.
     *
     * @param timeoutMillis 0 or more
     * @param repeatMillis 0 or more; 0 means once
     * @throws UsageException EINVAL if a time is negative, the callback is null or the handle is closed
     */
    public void start(long timeoutMillis, long repeatMillis, Runnable callback) {
        startMicros(microsOf(timeoutMillis, "timeoutMillis"), microsOf(repeatMillis, "repeatMillis"), callback);
    }

    /**
     * Starts the timer like {@link #start(long, long, Runnable)}, with a resolution of a microsecond. Nanoseconds are rounded up.
     *
     * @throws UsageException EINVAL if a time is null or negative, the callback is null or the handle is closed
     */
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
     * Starts a repeating timer again, with its repeat as the timeout. A timer without a repeat is not changed.
     *
     * @throws UsageException EINVAL if the timer was never started or is closed
     * @see <a href="https://docs.libuv.org/en/v1.x/timer.html#c.uv_timer_again">uv_timer_again</a>
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

    /** Returns the repeat in milliseconds, rounded down; 0 if there is none. */
    public long repeatMillis() {
        core().checkThread();
        return repeatMicros / MICROS_PER_MILLI;
    }

    /**
     * Sets the repeat. The next call keeps its time; the calls after that use the new repeat.
     *
     * @param repeatMillis 0 or more; 0 means no repeat
     * @throws UsageException EINVAL if the time is negative
     */
    public void setRepeatMillis(long repeatMillis) {
        core().checkThread();
        repeatMicros = microsOf(repeatMillis, "repeatMillis");
    }

    /** Returns the milliseconds until the timer fires, rounded up; 0 if it is due or not started. */
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
    protected void explain(StringJoiner details) {
        super.explain(details);
        if (entry.isStarted()) {
            details.add("calls " + Callee.nameOf(callback));
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
        Objects.requireNonNull(callback).run();
    }

    private static final class Entry extends TimerEntry {

        @SuppressWarnings("NullAway.Init") // set by the constructor of the timer
        private Timer timer;

        @Override
        protected void fire() {
            timer.fire();
        }
    }
}
