package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/** An entry of the {@link Timers} of a loop. It fires once; a repeating timer starts it again. */
public abstract class TimerEntry {

    static final int STOPPED = -1;
    static final int READY = -2;

    long deadlineMicros;
    long startId;
    /** The index in the heap; or STOPPED; or READY, if the entry is due, was taken out and is about to fire. */
    int index = STOPPED;
    /** The next entry that is due in the same timer phase. */
    @Nullable
    TimerEntry nextDue;

    /** For handles. */
    protected TimerEntry() {}

    /** Returns whether this entry is going to fire. */
    public final boolean isStarted() {
        return index != STOPPED;
    }

    final boolean isBefore(TimerEntry other) {
        return deadlineMicros != other.deadlineMicros ? deadlineMicros < other.deadlineMicros : startId < other.startId;
    }

    /** Called in the timer phase when the entry is due. The entry is stopped before. */
    protected abstract void fire();
}
