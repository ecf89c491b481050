package io.chagres.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * The pipes that a source feeds; of several sinks, the slowest decides. There is mostly one, and its list, which is immutable,
 * a quarter of what a growing one takes.
 */
final class Pipes {

    private final ReadableState source;
    private List<Piping> all = List.of();
    /** How many of them wait for their sink to drain. */
    private int waiting;

    Pipes(ReadableState source) {
        this.source = source;
    }

    void add(Piping piping) {
        all = with(all, piping);
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
        boolean wasFed = !all.isEmpty();
        all = without(all, piping);
        if (wasFed && all.isEmpty()) {
            source.pause();
        }
    }

    /** Takes away the first pipe to {@code sink}, or all where it is null. */
    void unpipe(Writable sink) {
        for (Piping piping : all) {
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
        List<Piping> abandoned = all;
        all = List.of();
        abandoned.forEach(Piping::abandon);
    }

    /** {@code list} and {@code piping}. */
    static List<Piping> with(List<Piping> list, Piping piping) {
        if (list.isEmpty()) {
            return List.of(piping);
        }
        List<Piping> more = new ArrayList<>(list);
        more.add(piping);
        return List.copyOf(more);
    }

    /** {@code list} without {@code piping}. */
    static List<Piping> without(List<Piping> list, Piping piping) {
        return list.stream().filter(other -> other != piping).toList();
    }
}
