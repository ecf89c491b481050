package io.chagres.loop.internal;

import io.chagres.jfr.Flight;
import org.jspecify.annotations.Nullable;

/**
 * Records each iteration of a loop for JDK Flight Recorder, if a recording wants it. It is also where a loop notices that JFR has been
 * started: at the begin of an iteration, and after each wait, before the callbacks.
 */
final class TurnRecord {

    private final LoopCore core;
    private final Meter meter;

    /** The event of the current iteration; null if no recording wants it. */
    private @Nullable Object event;

    private long began;
    /** The time of the last end, and its turn: the next turn begins then, which saves a look at the clock. */
    private long ended;

    private long endedTurn;
    private long callbacksAtUpdate;
    private long waitNanos;
    private long eventsBefore;
    private long callbacksBefore;

    TurnRecord(LoopCore core) {
        this.core = core;
        this.meter = core.meter();
    }

    /** Begins an iteration. */
    void begin() {
        look();
        if (Flight.isOn()) {
            event = Flight.beginTurn();
            if (event != null) {
                began = meter.turns() == endedTurn + 1 ? ended : core.time().clockNanos();
                waitNanos = 0;
                eventsBefore = meter.events();
                callbacksBefore = meter.callbacks();
            }
        }
    }

    /** Called after a wait of {@code nanos}, before the callbacks of what is ready. */
    void waited(long nanos) {
        waitNanos += nanos;
        look();
        Object begun = event;
        if (begun != null) {
            Flight.beginBusy(begun);
        }
    }

    /** Called when the loop has read the clock, before the timers. */
    void updated() {
        callbacksAtUpdate = meter.callbacks();
    }

    /** Ends an iteration. */
    void end() {
        Object begun = event;
        if (begun != null) {
            event = null;
            boolean isFresh = meter.callbacks() == callbacksAtUpdate;
            ended = isFresh ? core.time().nowNanos() : core.time().clockNanos();
            endedTurn = meter.turns();
            long busyNanos = ended - began - waitNanos;
            Flight.endTurn(
                    begun,
                    endedTurn,
                    waitNanos,
                    busyNanos,
                    meter.events() - eventsBefore,
                    meter.callbacks() - callbacksBefore);
        }
    }

    private static void look() {
        Observation.look();
        if (Flight.isOn() && Flight.wantsSlowCallbacks()) {
            Watchdog.start();
        }
    }
}
