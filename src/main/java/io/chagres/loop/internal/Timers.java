package io.chagres.loop.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a loop: a binary heap by deadline. Timers with the same deadline are ordered by their start.
 *
 * <p>Deadlines are whole microseconds, rounded up, so that no timer fires early. A long holds 292,000 years of them, and a sum that
 * overflows is set to the maximum. All due timers are collected before the first fires. So a timer that is started by a timer waits for
 * the next iteration, also if its timeout is 0.
 */
public final class Timers {

    /** The result of {@link #nanosUntilNext} if no timer is started: the poll phase waits for events only. */
    static final long NEVER = -1;

    private final LoopTime time;
    private final RunState runState;
    private final Callbacks callbacks;
    private TimerEntry[] heap = new TimerEntry[16];
    private int size;
    /** The due timers, in order. The heap keeps room for each of them, so that a repeat needs no memory. */
    private @Nullable TimerEntry firstDue;

    private int dueCount;
    private long starts;

    Timers(LoopTime time, RunState runState, Callbacks callbacks) {
        this.time = time;
        this.runState = runState;
        this.callbacks = callbacks;
    }

    /**
     * Starts {@code entry}, or starts it again, to fire {@code micros} after the cached time of the loop. Outside of {@link
     * io.chagres.loop.Loop#run()}, the cached time may be old, so this reads the clock first.
     *
     * <p>If there is no memory for the entry, this throws, and an entry that was started stays started.
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
     * Starts {@code entry} like {@link #start}, but {@code micros} count from the clock, not from the cached time. Use this for time
     * that is granted to a peer or to another process: the current callback may have worked for longer than the whole time.
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

    /** Stops {@code entry}, also if it is due and waits for its turn to fire. */
    public void stop(TimerEntry entry) {
        int index = entry.index;
        entry.index = TimerEntry.STOPPED;
        if (index < 0) {
            return;
        }
        TimerEntry last = heap[--size];
        forget(size);
        if (last != entry) {
            siftDown(index, last);
            if (heap[index] == last) {
                siftUp(index, last);
            }
        }
    }

    /** Returns the microseconds until a started {@code entry} is due; 0 if it is due already. */
    public long microsUntil(TimerEntry entry) {
        return Math.max(0, entry.deadlineMicros - roundedUp(time.nowNanos()));
    }

    @Override
    public String toString() {
        return "Timers (" + size + " started)";
    }

    /** Returns the number of started timers; any thread. */
    public int size() {
        return size;
    }

    /** Returns the number of started timers and the time until the next, as in {@code 3 timers, the next is due in 250 ms}; any thread. */
    String summary() {
        int count = size;
        TimerEntry next = heap[0];
        if (count == 0 || next == null) {
            return "no timer";
        }
        long nanos = Math.min(next.deadlineMicros, Long.MAX_VALUE / 1000) * 1000 - time.clockNanos();
        return count + (count == 1 ? " timer" : " timers, the next") + " is due "
                + (nanos > 0 ? "in " + Span.of(nanos) : "since " + Span.of(-nanos));
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

    /** Lets the entry that was at {@code index} be collected. */
    @SuppressWarnings("NullAway") // a place from size on is not read
    private void forget(int index) {
        heap[index] = null;
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
