package io.chagres.stream;

import io.chagres.ChagresException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of a readable side: those data listeners that are {@link Piping}s. Of several sinks, the slowest decides how fast the
 * source flows. Their state is in {@link ReadableState}: an object for it would cost 24 bytes a piped connection.
 */
final class ReadablePipes {

    private ReadablePipes() {}

    /** Begins a pipe to {@code sink}, unless one of the two has closed. */
    static void pipe(Duplex source, Duplex sink, boolean end) {
        if (!source.options().readable()) {
            source.life.errorOrDestroy(new ChagresException("ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable"));
            return;
        }
        boolean nothingCanCome = source.isClosed() && !source.isReadableEnded();
        if (!nothingCanCome && !sink.isClosed()) {
            new Piping(source, sink, end).begin();
        }
    }

    // ---- back-pressure

    /** Called before a chunk goes out to all pipes: a sink that still takes no more says so again. */
    static void forgetWaiting(ReadableState side) {
        if (side.waitingPipes > 0) {
            side.waitingPipes = 0;
            find(side, pipe -> {
                pipe.forgetWaiting();
                return false;
            });
        }
    }

    /** Called when the sink of a pipe takes no more for now; {@code isNew} if the pipe did not wait before. */
    static void waits(ReadableState side, boolean isNew) {
        side.waitingPipes += isNew ? 1 : 0;
        side.pause();
    }

    /** Called when the sink of a pipe that has waited takes more, or the pipe has ended. */
    static void goesOn(ReadableState side) {
        side.waitingPipes--;
        if (side.waitingPipes == 0 && side.hasDataListeners()) {
            side.resume();
        }
    }

    // ---- ends

    /** Called when a pipe has ended. After the last one, the source is left to its owner, paused. */
    static void ended(ReadableState side) {
        if (!find(side, pipe -> true)) {
            side.pause();
        }
    }

    /** Ends the first pipe to {@code sink}, or all pipes if it is null. */
    static void unpipe(ReadableState side, @Nullable Duplex sink) {
        if (sink != null) {
            unpipeFirst(side, sink);
            return;
        }
        find(side, pipe -> {
            pipe.unpipe();
            return false;
        });
    }

    /** Walks over the pipes of both ends at once: one of them may have very many, the other rarely has more than one. */
    private static void unpipeFirst(ReadableState side, Duplex sink) {
        var at = side.dataListeners();
        Piping feed = sink.writing.feeds().first();
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
    static void abandon(ReadableState side) {
        side.waitingPipes = 0;
        find(side, pipe -> {
            pipe.abandon();
            return false;
        });
    }

    /** Shows the pipes to {@code visitor} until it returns true; returns whether it did. The visitor may end any of them. */
    private static boolean find(ReadableState side, Predicate<Piping> visitor) {
        for (var at = side.dataListeners(); at != null; at = at.next()) {
            if (at.listener() instanceof Piping pipe && !pipe.isOver() && visitor.test(pipe)) {
                return true;
            }
        }
        return false;
    }
}
