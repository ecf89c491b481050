package io.chagres.stream;

import io.chagres.loop.internal.Borrower;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Readable#pipe}: chunks go from a source to a sink, no faster than the sink takes them. The end of the source ends the sink,
 * or the pipe alone. If the sink finishes, fails or closes first, the source is left to its owner.
 *
 * <pre>
 *   over   waiting
 *   false  false     chunks go from the source to the sink
 *   false  true      a write has returned false: the source is paused until the sink has drained
 *   true   false     the pipe has ended
 * </pre>
 *
 * <p>A pipe is itself the data listener of the source, as a {@link Borrower}, and the end listener, as a {@link Runnable}: {@link #run} says
 * that the source has ended. That saves two objects a pipe. The sink has it in its {@link Feeds}.
 */
final class Piping implements Borrower, Runnable {

    private final Duplex source;
    private final Duplex sink;
    private final boolean ends;
    private boolean waiting;
    private boolean over;

    @Nullable
    Piping previous; // the neighbours among the pipes that end in the same sink: see Feeds

    @Nullable
    Piping next;

    Piping(Duplex source, Duplex sink, boolean ends) {
        this.source = source;
        this.sink = sink;
        this.ends = ends;
    }

    Duplex source() {
        return source;
    }

    Duplex sink() {
        return sink;
    }

    boolean isOver() {
        return over;
    }

    /** Makes the source flow, even if it was paused, as Node does. */
    void begin() {
        if (source.isReadableEnded()) {
            source.tick(this);
        } else {
            source.onEnd(this);
        }
        source.onData(this);
        sink.writing.feeds().add(this);
        if (!over && sink.writableNeedDrain()) {
            await();
        } else if (!over) {
            source.reading.resume();
        }
    }

    @Override
    public boolean borrows() {
        return over || sink.releasesBuffers() && sink.writing.length() == 0;
    }

    @Override
    public void accept(ByteBuffer chunk) {
        if (over) {
            return;
        }
        boolean hasRoom = sink.write(chunk);
        if (sink.writing.length() > 0) {
            source.reading.keep();
        }
        if (!hasRoom && !over) {
            await();
        }
    }

    private void await() {
        ReadablePipes.waits(source.reading, !waiting);
        waiting = true;
    }

    /** Called before a chunk goes out to all pipes: a sink that is still full waits again when it has got the chunk. */
    void forgetWaiting() {
        waiting = false;
    }

    /** Called when the sink takes more, or the pipe has ended: the source does not wait for this pipe any more. */
    void drained() {
        if (waiting) {
            waiting = false;
            ReadablePipes.goesOn(source.reading);
        }
    }

    /** Called when the source has ended. */
    @Override
    public void run() {
        if (over) {
            return;
        }
        if (ends) {
            sink.end();
        } else {
            unpipe();
        }
    }

    /**
     * Ends the pipe. If it was the last of the source, the source is paused, unless it has waited for this sink only and has other data
     * listeners.
     */
    void unpipe() {
        if (over) {
            return;
        }
        over = true;
        ReadablePipes.ended(source.reading);
        source.offData(this);
        source.offEnd(this);
        drained();
        sink.writing.feeds().remove(this);
    }

    /** Returns false and ends the pipe: the bytes of a later life of the source are not for this sink. */
    @Override
    public boolean isKeptOnReopen() {
        if (!over) {
            over = true;
            waiting = false;
            sink.writing.feeds().remove(this);
        }
        return false;
    }

    /** Ends the pipe without an unpipe event: the source was destroyed before its end. */
    void abandon() {
        over = true;
        waiting = false;
        sink.writing.feeds().forget(this);
    }
}
