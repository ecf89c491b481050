package io.chagres.loop.internal;

import java.util.Arrays;

/**
 * The timers of a loop: a binary heap by deadline, ties by the order of starting.
 *
 * <p>Deadlines are whole microseconds, rounded up, so that no timer fires early; a long holds 292,000 years of them,
 * which is further than anybody waits and lets every overflow saturate. Due timers are collected first and fired after,
 * so that a timer which is started by a timer, even with no delay, waits for the next iteration.
 */
public final class Timers {

    /** What {@link #nanosUntilNext} answers where no timer is started: the poll phase waits for events only. */
    static final long NEVER = -1;

    private final LoopTime time;
    private final RunState runState;
    private final Callbacks callbacks;
    private TimerEntry[] heap = new TimerEntry[16];
    private int size;
    /** Those that are due, in order; each has still its place in the heap, so that a repeat needs no memory. */
    private TimerEntry firstDue;

    private int dueCount;
    private long starts;

    Timers(LoopTime time, RunState runState, Callbacks callbacks) {
        this.time = time;
        this.runState = runState;
        this.callbacks = callbacks;
    }

    /**
     * Starts {@code entry}, or starts it again, to fire {@code micros} after the loop's cached time. Outside of {@link Loop#run},
     * where that may be long ago, the loop looks at the clock first.
     *
     * <p>If there is no memory for it, it throws, and an entry that was started stays so.
     *
     * @param micros 0 or more
     */
    public void start(TimerEntry entry, long micros) {
        if (!runState.isRunning()) {
            time.update();
        }
        start(entry, time.nowNanos(), micros);
    }

    /**
     * As {@link #start}, but {@code micros} count from this moment, also if the current callback has worked for long: for times
     * that are granted to a peer, or to another process.
     */
    public void startByClock(TimerEntry entry, long micros) {
        start(entry, time.clockNanos(), micros);
    }

    private void start(TimerEntry entry, long fromNanos, long micros) {
        if (size + dueCount == heap.length) {
            heap = Arrays.copyOf(heap, heap.length * 2);
        }
        stop(entry);
        long deadline = roundedUp(fromNanos) + micros;
        entry.deadlineMicros = deadline < 0 ? Long.MAX_VALUE : deadline;
        entry.startId = starts++;
        siftUp(size++, entry);
    }

    /** Stops {@code entry}, also where it is due and waits for its turn to fire. */
    public void stop(TimerEntry entry) {
        int index = entry.index;
        entry.index = TimerEntry.STOPPED;
        if (index < 0) {
            return;
        }
        TimerEntry last = heap[--size];
        heap[size] = null;
        if (last != entry) {
            siftDown(index, last);
            if (heap[index] == last) {
                siftUp(index, last);
            }
        }
    }

    /** The time until a started {@code entry} is due, in microseconds; 0 where it is due already. */
    public long microsUntil(TimerEntry entry) {
        return Math.max(0, entry.deadlineMicros - roundedUp(time.nowNanos()));
    }

    @Override
    public String toString() {
        return "Timers (" + size + " started)";
    }

    long nanosUntilNext() {
        if (size == 0) {
            return NEVER;
        }
        long micros = heap[0].deadlineMicros;
        if (micros >= Long.MAX_VALUE / 1000) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, micros * 1000 - time.nowNanos());
    }

    /** Runs the timer phase. */
    public void run() {
        collectDue();
        while (firstDue != null) {
            TimerEntry entry = firstDue;
            firstDue = entry.nextDue;
            entry.nextDue = null;
            dueCount--;
            if (entry.index == TimerEntry.READY) {
                entry.index = TimerEntry.STOPPED;
                callbacks.invoke(entry);
            }
        }
    }

    private void collectDue() {
        long now = time.nowNanos() / 1000;
        TimerEntry last = null;
        while (size > 0 && heap[0].deadlineMicros <= now) {
            TimerEntry entry = heap[0];
            stop(entry);
            entry.index = TimerEntry.READY;
            if (last == null) {
                firstDue = entry;
            } else {
                last.nextDue = entry;
            }
            last = entry;
            dueCount++;
        }
    }

    private static long roundedUp(long nanos) {
        return Math.ceilDiv(nanos, 1000L);
    }

    private void siftUp(int index, TimerEntry entry) {
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            if (!entry.isBefore(heap[parent])) {
                break;
            }
            place(index, heap[parent]);
            index = parent;
        }
        place(index, entry);
    }

    private void siftDown(int index, TimerEntry entry) {
        for (int child = 2 * index + 1; child < size; child = 2 * index + 1) {
            if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
                child++;
            }
            if (!heap[child].isBefore(entry)) {
                break;
            }
            place(index, heap[child]);
            index = child;
        }
        place(index, entry);
    }

    private void place(int index, TimerEntry entry) {
        heap[index] = entry;
        entry.index = index;
    }
}
