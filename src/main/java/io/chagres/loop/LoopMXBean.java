package io.chagres.loop;

/**
 * The numbers of a loop for JMX: {@code io.chagres:type=Loop,name=<name of its thread>}. {@link LoopBeans} registers it.
 *
 * <p>The names follow OpenTelemetry's metrics of Node's event loop: {@code Utilization} is its {@code eventloop.utilization}, {@code
 * DelayP99Seconds} its {@code eventloop.delay.p99}. Times are seconds. All methods may be called from any thread, and the values are a
 * moment old.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/runtime/nodejs-metrics/">OpenTelemetry: Node.js runtime metrics</a>
 */
public interface LoopMXBean {

    /** Returns the state of the loop in a line, as {@link Loop#toString()} does. */
    String getState();

    /** Returns the active part of the last 10 to 20 seconds, 0 to 1; since the loop was made if that is less. */
    double getUtilization();

    /** Returns the seconds in which the loop was active, see {@link LoopMetrics#activeNanos()}. It only grows. */
    double getActiveSeconds();

    /** Returns the seconds in which the loop slept, see {@link LoopMetrics#idleNanos()}. It only grows. */
    double getIdleSeconds();

    /** Returns how long the loop has been busy since it last looked for events; 0 while it sleeps. A stuck loop has a great value. */
    double getBusySeconds();

    /** Returns the number of poll phases. */
    long getIterations();

    /** Returns the number of events that were delivered. */
    long getEvents();

    /** Returns the number of those events for which the loop did not have to sleep. */
    long getEventsWaiting();

    /** Returns the number of callbacks. */
    long getCallbacks();

    /** Returns the number of tasks of other threads that wait for the loop, up to 1000. */
    int getWaitingTasks();

    /** Returns the number of timers that are started. */
    int getTimers();

    /** Returns the number of reasons to go on: active handles that are referenced, and pending requests. */
    int getReasons();

    /** Returns whether the delay is recorded, see {@link Loop#monitorDelay()}. While it is not, the delays below are 0. */
    boolean isDelayMonitored();

    /** Begins or ends the recording of the delay. The loop notices it in its next poll phase. */
    void setDelayMonitored(boolean monitored);

    /** Returns the number of recorded delays. */
    long getDelayCount();

    /** Returns the minimum of the recorded delays. */
    double getDelayMinSeconds();

    /** Returns the mean of the recorded delays. */
    double getDelayMeanSeconds();

    /** Returns the maximum of the recorded delays. */
    double getDelayMaxSeconds();

    /** Returns the standard deviation of the recorded delays. */
    double getDelayStddevSeconds();

    /** Returns the median of the recorded delays. */
    double getDelayP50Seconds();

    /** Returns the delay that 90 percent of the recorded delays do not exceed. */
    double getDelayP90Seconds();

    /** Returns the delay that 99 percent of the recorded delays do not exceed. */
    double getDelayP99Seconds();

    /** Forgets the recorded delays. */
    void resetDelay();

    /** Returns what lives on the loop, see {@link Loop#dump()}. */
    String dump();
}
