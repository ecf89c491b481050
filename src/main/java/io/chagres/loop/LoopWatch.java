package io.chagres.loop;

import io.chagres.UsageException;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.RunningCallback;
import io.chagres.loop.internal.Watchdog;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A watch for callbacks that hold a loop, for a program that logs them. Off until a program starts one. Its methods may be called from
 * any thread.
 *
 * <p>A slow callback is reported twice: once while it runs, with its stack, and once when it has ended, with its total time. A wait for
 * events is not a callback, and an iteration with many short callbacks is not a slow one. A callback and the ticks that it queued count
 * as one.
 *
 * <p>One daemon thread, {@code chagres-watchdog}, looks at all loops four times in the shortest threshold, and ends with the last watch.
 * The loops do nothing for it. While the agent for debuggers (JDWP) is loaded, nothing is reported, since a breakpoint holds a loop, too.
 *
 * <pre>{@code
 * LoopWatch watch = LoopWatch.start(Duration.ofMillis(100), slow -> {
 *     log.warn(slow.toString());
 *     slow.stack().forEach(frame -> log.warn("    at " + frame));
 * });
 * }</pre>
 *
 * <p>JDK Flight Recorder has the same reports, without a line of code: the event {@code io.chagres.SlowCallback}.
 */
public final class LoopWatch implements AutoCloseable {

    private final Request request;

    private LoopWatch(@Nullable Loop loop, Duration threshold, Consumer<? super SlowCallback> listener) {
        UsageException.requireArgument(threshold, "threshold");
        UsageException.requireArgument(listener, "listener");
        if (threshold.compareTo(Duration.ofMillis(1)) < 0) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"threshold\" is out of range. It must be >= 1 ms. Received " + threshold);
        }
        request = new Request(loop == null ? null : LoopCore.of(loop), nanos(threshold), listener);
    }

    private static long nanos(Duration threshold) {
        try {
            return threshold.toNanos();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Watches all loops of the process, also those that are made later.
     *
     * @param threshold the duration from which a callback is slow; at least 1 ms
     * @param listener called on the thread of the watchdog. A listener that takes long delays the next look. An exception goes to the
     *     uncaught handler of that thread, and the watch goes on
     * @return the watch, to be closed; no reference to it need be kept otherwise
     * @throws UsageException ERR_OUT_OF_RANGE if {@code threshold} is below 1 ms; EINVAL if an argument is null
     */
    public static LoopWatch start(Duration threshold, Consumer<? super SlowCallback> listener) {
        return new LoopWatch(null, threshold, listener).begin();
    }

    /** Watches one loop, as {@link #start(Duration, Consumer)} watches all. */
    public static LoopWatch start(Loop loop, Duration threshold, Consumer<? super SlowCallback> listener) {
        return new LoopWatch(UsageException.requireArgument(loop, "loop"), threshold, listener).begin();
    }

    private LoopWatch begin() {
        Watchdog.add(request);
        return this;
    }

    /** Ends the watch. A call of the listener that has begun goes on; no other follows. Calling it again is a no-op. */
    @Override
    public void close() {
        Watchdog.remove(request);
    }

    @Override
    public String toString() {
        return "LoopWatch (from " + request.thresholdNanos / 1_000_000 + " ms)";
    }

    /** The side of the watchdog, which programs don't see. */
    private static final class Request implements Watchdog.Watch {

        private final @Nullable LoopCore core;
        private final long thresholdNanos;
        private final Consumer<? super SlowCallback> listener;

        Request(@Nullable LoopCore core, long thresholdNanos, Consumer<? super SlowCallback> listener) {
            this.core = core;
            this.thresholdNanos = thresholdNanos;
            this.listener = listener;
        }

        @Override
        public long thresholdNanos() {
            return thresholdNanos;
        }

        @Override
        public boolean concerns(LoopCore candidate) {
            return core == null || core == candidate;
        }

        @Override
        public void report(RunningCallback callback, boolean finished) {
            listener.accept(new SlowCallback(
                    (Loop) callback.core().loop(),
                    callback.thread().getName(),
                    callback.phase(),
                    Duration.ofNanos(callback.elapsedNanos()),
                    finished,
                    callback.userCode(),
                    List.of(callback.stack())));
        }
    }
}
