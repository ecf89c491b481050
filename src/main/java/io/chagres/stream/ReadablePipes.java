package io.chagres.stream;

import java.util.function.Predicate;

/**
 * Who decides whether a readable side flows: its user, and its pipes, which are those data listeners that are pipes. Of several
 * sinks, the slowest decides.
 */
abstract class ReadablePipes extends ReadableListeners {

    /** The first data listener makes it flow if nothing is decided before. */
    enum Flow {
        UNDECIDED,
        PAUSED,
        FLOWING
    }

    /** The user's last call, if any. It outlives a reopening, unlike the pauses of pipes. Two booleans: they cost no memory here. */
    private boolean wishesPause;

    private boolean wishesFlow;

    /** How many of them wait for their sinks to drain: counted, since to look for one would cost a walk at each drain. */
    private int waiting;

    /** Whether the chunk that is lent now was kept. */
    private boolean kept;

    ReadablePipes(Duplex stream) {
        super(stream);
    }

    ReadablePipes(ReadablePipes earlier) {
        super(earlier);
        wishesPause = earlier.wishesPause;
        wishesFlow = earlier.wishesFlow;
    }

    final Flow wished() {
        return wishesPause ? Flow.PAUSED : wishesFlow ? Flow.FLOWING : Flow.UNDECIDED;
    }

    /** The user pauses it, not a pipe. */
    final void wishPaused() {
        wishesPause = true;
        wishesFlow = false;
        pause();
    }

    /** The user lets it flow, not a pipe. */
    final void wishFlowing() {
        wishesPause = false;
        wishesFlow = true;
        resume();
    }

    /** A chunk is going to be lent to the pipes. */
    final void lendsNext() {
        kept = false;
    }

    /** The chunk that was lent is still needed: a sink did not take all of it. */
    final void keep() {
        kept = true;
    }

    final boolean isKept() {
        return kept;
    }

    abstract void pause();

    abstract void resume();

    /** Shows them to {@code visitor}, until it answers true; whether it did. It may take away any of them. */
    private boolean find(Predicate<Piping> visitor) {
        for (var at = dataListeners(); at != null; at = at.next()) {
            if (at.listener() instanceof Piping pipe && !pipe.isOver() && visitor.test(pipe)) {
                return true;
            }
        }
        return false;
    }

    /** A chunk goes out to all: whoever still takes no more says so again. */
    final void waitForNobody() {
        if (waiting > 0) {
            waiting = 0;
            find(pipe -> {
                pipe.forgetWaiting();
                return false;
            });
        }
    }

    /** The sink of one takes no more for now; {@code more} if that is news. */
    final void pipeWaits(boolean more) {
        waiting += more ? 1 : 0;
        pause();
    }

    /** The sink of one that has waited takes more, or the pipe is over. */
    final void pipeGoesOn() {
        waiting--;
        if (waiting == 0 && hasDataListeners()) {
            resume();
        }
    }

    /** One is over; where it was the last, the source is left to its owner, paused. */
    final void pipeIsOver() {
        if (!find(pipe -> true)) {
            pause();
        }
    }

    /** Takes away the first pipe to {@code sink}, or all where it is null. */
    final void unpipe(Duplex sink) {
        if (sink != null) {
            unpipeFirst(sink);
            return;
        }
        find(pipe -> {
            pipe.unpipe();
            return false;
        });
    }

    /** Walks over the pipes of both ends at once: one of them may have very many, the other hardly has. */
    private void unpipeFirst(Duplex sink) {
        var at = dataListeners();
        Piping feed = sink.writing.feeds().first();
        while (at != null && feed != null) {
            if (feed.source() == stream && !feed.isOver()) {
                feed.unpipe();
                return;
            }
            if (at.listener() instanceof Piping pipe && !pipe.isOver() && pipe.sink() == sink) {
                pipe.unpipe();
                return;
            }
            at = at.next();
            feed = feed.next;
        }
    }

    /** The source was destroyed before its end: no sink hears of that. */
    final void abandonPipes() {
        waiting = 0;
        find(pipe -> {
            pipe.abandon();
            return false;
        });
    }
}
