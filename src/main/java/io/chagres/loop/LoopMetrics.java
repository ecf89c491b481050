package io.chagres.loop;

/**
 * What a loop has done since it was made: uv_metrics_info and uv_metrics_idle_time. Exact on the loop thread, approximate on others.
 *
 * @param iterations how often the poll phase was entered
 * @param events what came out of it: ready descriptors, and tasks of other threads
 * @param eventsWaiting of these, what was there already when the loop came to look
 * @param idleNanos the time spent waiting for something to happen; 0 unless {@link Loop#measureIdleTime()} was called
 * @see <a href="https://docs.libuv.org/en/v1.x/metrics.html">Metrics operations</a>
 */
public record LoopMetrics(long iterations, long events, long eventsWaiting, long idleNanos) {}
