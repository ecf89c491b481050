package io.chagres.loop.internal;

/** A place in the {@link Timers} of a loop: what a timer handle owns. It is one-shot; a repeat starts it again. */
public abstract class TimerEntry {

    static final int STOPPED = -1;
    static final int READY = -2;

    long deadlineMicros;
    long startId;
    /** Where it sits in the heap, or STOPPED, or READY: taken out as due, about to fire. */
    int index = STOPPED;
    /** The next that is due in the same turn. */
    TimerEntry nextDue;

    /** For handles. */
    protected TimerEntry() {}

    /** Whether it is going to fire. */
    public final boolean isStarted() {
        return index != STOPPED;
    }

    final boolean isBefore(TimerEntry other) {
        return deadlineMicros != other.deadlineMicros ? deadlineMicros < other.deadlineMicros : startId < other.startId;
    }

    /** The entry is due, and stopped by now. Runs in the timer phase. */
    protected abstract void fire();
}
