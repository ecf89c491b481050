package io.chagres.loop;

import io.chagres.loop.internal.LoopCore;
import org.jspecify.annotations.Nullable;

/** The numbers of a loop, read on a thread of JMX. */
final class LoopBean implements LoopMXBean {

    private static final double NANOS_PER_SECOND = 1e9;
    /** The utilisation is that of one to two such times, so that several readers do not disturb each other. */
    private static final long WINDOW_NANOS = 10_000_000_000L;

    private final Loop loop;
    private final LoopCore core;
    private LoopMetrics windowStart;
    private LoopMetrics middle;
    private long middleTime = System.nanoTime();
    private volatile @Nullable LoopDelay delay;
    private volatile boolean delayWanted;

    LoopBean(Loop loop, LoopCore core) {
        this.loop = loop;
        this.core = core;
        windowStart = loop.metrics();
        middle = windowStart;
    }

    @Override
    public String getState() {
        return loop.toString();
    }

    @Override
    public synchronized double getUtilization() {
        LoopMetrics now = loop.metrics();
        long time = System.nanoTime();
        double utilization = now.since(windowStart).utilization();
        if (time - middleTime >= WINDOW_NANOS) {
            windowStart = middle;
            middle = now;
            middleTime = time;
        }
        return utilization;
    }

    @Override
    public double getActiveSeconds() {
        return loop.metrics().activeNanos() / NANOS_PER_SECOND;
    }

    @Override
    public double getIdleSeconds() {
        return loop.metrics().idleNanos() / NANOS_PER_SECOND;
    }

    @Override
    public double getBusySeconds() {
        return core.isRunning() && !core.meter().isIdle() ? core.meter().busyNanos() / NANOS_PER_SECOND : 0;
    }

    @Override
    public long getIterations() {
        return loop.metrics().iterations();
    }

    @Override
    public long getEvents() {
        return loop.metrics().events();
    }

    @Override
    public long getEventsWaiting() {
        return loop.metrics().eventsWaiting();
    }

    @Override
    public long getCallbacks() {
        return loop.metrics().callbacks();
    }

    @Override
    public int getWaitingTasks() {
        return core.waitingTasks();
    }

    @Override
    public int getTimers() {
        return core.timers().size();
    }

    @Override
    public int getReasons() {
        return core.reasons();
    }

    // ---- delay

    @Override
    public boolean isDelayMonitored() {
        return delayWanted;
    }

    @Override
    public synchronized void setDelayMonitored(boolean monitored) {
        LoopDelay running = delay;
        if (monitored == delayWanted) {
            return;
        }
        delayWanted = monitored;
        if (monitored) {
            loop.execute(this::startDelay);
        } else if (running != null) {
            running.close();
            delay = null;
        }
    }

    private synchronized void startDelay() {
        if (delayWanted && delay == null) {
            delay = loop.monitorDelay();
        }
    }

    @Override
    public long getDelayCount() {
        LoopDelay running = delay;
        return running == null ? 0 : running.count();
    }

    @Override
    public double getDelayMinSeconds() {
        LoopDelay running = delay;
        return running == null ? 0 : running.minNanos() / NANOS_PER_SECOND;
    }

    @Override
    public double getDelayMeanSeconds() {
        LoopDelay running = delay;
        return running == null ? 0 : running.meanNanos() / NANOS_PER_SECOND;
    }

    @Override
    public double getDelayMaxSeconds() {
        LoopDelay running = delay;
        return running == null ? 0 : running.maxNanos() / NANOS_PER_SECOND;
    }

    @Override
    public double getDelayStddevSeconds() {
        LoopDelay running = delay;
        return running == null ? 0 : running.stddevNanos() / NANOS_PER_SECOND;
    }

    @Override
    public double getDelayP50Seconds() {
        return delayPercentile(50);
    }

    @Override
    public double getDelayP90Seconds() {
        return delayPercentile(90);
    }

    @Override
    public double getDelayP99Seconds() {
        return delayPercentile(99);
    }

    private double delayPercentile(double percent) {
        LoopDelay running = delay;
        return running == null ? 0 : running.percentileNanos(percent) / NANOS_PER_SECOND;
    }

    @Override
    public void resetDelay() {
        LoopDelay running = delay;
        if (running != null) {
            running.reset();
        }
    }

    @Override
    public String dump() {
        return loop.dump();
    }

    @Override
    public String toString() {
        return "LoopBean of " + loop;
    }
}
