package io.chagres.loop;

import io.chagres.UsageException;

/**
 * The counts and times of a loop since it was made, or {@linkplain #since between two moments}. {@link Loop#metrics()} returns them:
 * uv_metrics_info, uv_metrics_idle_time, and Node's eventLoopUtilization. They are exact on the loop thread and approximate on others.
 *
 * <p>While the loop runs, each moment is idle or active. It is <em>idle</em> while it sleeps until something happens. It is
 * <em>active</em> the rest of the time: in callbacks, in its own steps, and in looking for events that are ready already. Time in which
 * the loop does not run, outside of {@link Loop#run()} and {@link Loop#close()}, counts as neither. Both are measured by the clock of
 * the loop: a thread that has work but no processor is active.
 *
 * <p>The first 2 microseconds of a wait are active. The system call itself costs about as much, and a wait that finds its events ready
 * returns within that time.
 *
 * <pre>{@code
 * LoopMetrics before = loop.metrics();
 * ...
 * double busy = loop.metrics().since(before).utilization(); // 0.25: the loop was active for a quarter of the time
 * }</pre>
 *
 * @param iterations the number of poll phases
 * @param events the number of events that poll phases have delivered: ready descriptors, and tasks of other threads
 * @param eventsWaiting the number of those events for which the loop did not have to sleep. Many of them mean that the loop is busy
 * @param callbacks the number of callbacks that the loop has begun. A callback may call several listeners
 * @param idleNanos the nanoseconds in which the loop slept
 * @param activeNanos the nanoseconds in which the loop ran and did not sleep
 * @see <a href="https://docs.libuv.org/en/v1.x/metrics.html">Metrics operations</a>
 * @see <a href="https://nodejs.org/api/perf_hooks.html#performanceeventlooputilizationutilization1-utilization2">eventLoopUtilization</a>
 */
public record LoopMetrics(
        long iterations, long events, long eventsWaiting, long callbacks, long idleNanos, long activeNanos) {

    /**
     * Returns the differences to {@code earlier} metrics of the same loop. A difference is 0 if it would be negative.
     *
     * @throws UsageException EINVAL if {@code earlier} is null
     */
    public LoopMetrics since(LoopMetrics earlier) {
        UsageException.requireArgument(earlier, "earlier");
        return new LoopMetrics(
                Math.max(0, iterations - earlier.iterations),
                Math.max(0, events - earlier.events),
                Math.max(0, eventsWaiting - earlier.eventsWaiting),
                Math.max(0, callbacks - earlier.callbacks),
                Math.max(0, idleNanos - earlier.idleNanos),
                Math.max(0, activeNanos - earlier.activeNanos));
    }

    /** Returns the active part of the time in which the loop ran, 0 to 1; 0 if it did not run. */
    public double utilization() {
        return activeNanos == 0 ? 0 : (double) activeNanos / (activeNanos + idleNanos);
    }
}
