package io.chagres.stream;

import io.chagres.ChagresException;
import java.util.function.Predicate;

/**
 * The pipes of a readable side: those data listeners that are {@link Piping}s. Of several sinks, the slowest decides how fast the
 * source flows. A readable side that was never piped has none of this.
 */
final class ReadablePipes {

    private final ReadableState side;
    /** How many pipes wait for their sinks to drain. Counted: to look for one would cost a walk at each drain. */
    private int waiting;

    /** Whether the chunk that is lent now was kept. */
    private boolean kept;

    ReadablePipes(ReadableState side) {
        this.side = side;
    }

    /** Begins a pipe to {@code sink}, unless one of the two has closed. */
    void pipe(Duplex sink, boolean end) {
        Duplex source = side.stream;
        if (!source.options().readable()) {
            source.life.errorOrDestroy(new ChagresException("ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable"));
            return;
        }
        boolean nothingCanCome = source.isClosed() && !source.isReadableEnded();
        if (!nothingCanCome && !sink.isClosed()) {
            new Piping(source, sink, end).begin();
        }
    }

    // ---- lending

    /** Called before a chunk is lent to the pipes, if there are any. */
    static void lendsNext(ReadablePipes pipes) {
        if (pipes != null) {
            pipes.kept = false;
        }
    }

    /** Called when the chunk that was lent is still needed: a sink did not take all of it. */
    void keep() {
        kept = true;
    }

    boolean isKept() {
        return kept;
    }

    // ---- back-pressure

    /** Called before a chunk goes out to all pipes, if there are any: a sink that still takes no more says so again. */
    static void forgetWaiting(ReadablePipes pipes) {
        if (pipes != null && pipes.waiting > 0) {
            pipes.waiting = 0;
            pipes.find(pipe -> {
                pipe.forgetWaiting();
                return false;
            });
        }
    }

    /** Called when the sink of a pipe takes no more for now; {@code isNew} if the pipe did not wait before. */
    void waits(boolean isNew) {
        waiting += isNew ? 1 : 0;
        side.pause();
    }

    /** Called when the sink of a pipe that has waited takes more, or the pipe has ended. */
    void goesOn() {
        waiting--;
        if (waiting == 0 && side.hasDataListeners()) {
            side.resume();
        }
    }

    // ---- ends

    /** Called when a pipe has ended. After the last one, the source is left to its owner, paused. */
    void ended() {
        if (!find(pipe -> true)) {
            side.pause();
        }
    }

    /** Ends the first pipe to {@code sink}, or all pipes if it is null. */
    void unpipe(Duplex sink) {
        if (sink != null) {
            unpipeFirst(sink);
            return;
        }
        find(pipe -> {
            pipe.unpipe();
            return false;
        });
    }

    /** Walks over the pipes of both ends at once: one of them may have very many, the other rarely has more than one. */
    private void unpipeFirst(Duplex sink) {
        var at = side.dataListeners();
        Piping feed = sink.writing.firstFeed();
        while (at != null && feed != null) {
            if (feed.source() == side.stream && !feed.isOver()) {
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

    /** Called when the source was destroyed before its end: the pipes end without an event. */
    void abandon() {
        waiting = 0;
        find(pipe -> {
            pipe.abandon();
            return false;
        });
    }

    /** Shows the pipes to {@code visitor} until it returns true; returns whether it did. The visitor may end any of them. */
    private boolean find(Predicate<Piping> visitor) {
        for (var at = side.dataListeners(); at != null; at = at.next()) {
            if (at.listener() instanceof Piping pipe && !pipe.isOver() && visitor.test(pipe)) {
                return true;
            }
        }
        return false;
    }
}
