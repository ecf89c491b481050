package io.chagres.loop;

/**
 * The counts of a loop since it was made: uv_metrics_info and uv_metrics_idle_time. They are exact on the loop thread and approximate on
 * others.
 *
 * @param iterations the number of poll phases
 * @param events the number of events that poll phases have delivered: ready descriptors, and tasks of other threads
 * @param eventsWaiting the number of those events that were there before the loop began to wait. Many of them mean that the loop is busy
 * @param idleNanos the nanoseconds in which the loop waited for events; 0 unless {@link Loop#measureIdleTime()} was called
 * @see <a href="https://docs.libuv.org/en/v1.x/metrics.html">Metrics operations</a>
 */
public record LoopMetrics(long iterations, long events, long eventsWaiting, long idleNanos) {}
