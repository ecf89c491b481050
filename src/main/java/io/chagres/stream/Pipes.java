package io.chagres.stream;

import java.util.ArrayList;
import java.util.List;

/** The pipes that a source feeds; of several sinks, the slowest decides. */
final class Pipes {

    private final ReadableState source;
    private final List<Piping> all = new ArrayList<>(1);
    /** How many of them wait for their sink to drain. */
    private int waiting;

    Pipes(ReadableState source) {
        this.source = source;
    }

    void add(Piping piping) {
        all.add(piping);
    }

    /** A chunk goes out to all: whoever still takes no more says so again. */
    void waitForNobody() {
        if (waiting > 0) {
            waiting = 0;
            all.forEach(Piping::forgetWaiting);
        }
    }

    /** A sink takes no more for now. */
    void await() {
        waiting++;
    }

    /** A sink takes more, or is gone. */
    void goOn() {
        if (--waiting == 0 && source.hasDataListeners()) {
            source.resume();
        }
    }

    /** Takes {@code piping} out; where it was the last, the source is left to its owner, paused. */
    void remove(Piping piping) {
        if (all.remove(piping) && all.isEmpty()) {
            source.pause();
        }
    }

    /** Takes away the first pipe to {@code sink}, or all where it is null. */
    void unpipe(Writable sink) {
        for (Piping piping : List.copyOf(all)) {
            if (sink == null) {
                piping.unpipe();
            } else if (piping.sink() == sink) {
                piping.unpipe();
                return;
            }
        }
    }

    /** The source was destroyed before its end: no sink hears of that. */
    void abandon() {
        all.forEach(Piping::abandon);
        all.clear();
    }
}
