package io.chagres.loop;

/** Counts for {@link LoopMetrics}. */
final class Meter {

    private long iterations;
    private long events;
    private long eventsWaiting;
    private long idleNanos;
    private boolean measuresIdleTime;

    void iteration() {
        iterations++;
    }

    /** @param waited whether the loop had to wait for them */
    void handled(int count, boolean waited) {
        events += count;
        if (!waited) {
            eventsWaiting += count;
        }
    }

    void idled(long nanos) {
        idleNanos += nanos;
    }

    boolean measuresIdleTime() {
        return measuresIdleTime;
    }

    void measureIdleTime() {
        measuresIdleTime = true;
    }

    LoopMetrics read() {
        return new LoopMetrics(iterations, events, eventsWaiting, idleNanos);
    }
}
