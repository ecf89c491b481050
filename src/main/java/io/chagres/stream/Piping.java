package io.chagres.stream;

import java.nio.ByteBuffer;

/**
 * A {@link Readable#pipe}: chunks go from a source to a sink no faster than the sink takes them. The end of the source ends
 * the sink, or the pipe alone; where the sink is over first, the source is left to its owner.
 *
 * <p>It is a data listener and an end listener of the source; the sink knows it by {@link Feeds}.
 */
final class Piping implements Borrower, Runnable {

    private final Duplex source;
    private final Duplex sink;
    private final boolean ends;
    /** Whether the sink has answered false and not drained since. */
    private boolean waiting;

    private boolean over;
    /** Its neighbours among the pipes that end in the same sink: see {@link Feeds}. */
    Piping previous;

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

    /** Makes the source flow, also where it was paused, as Node does. */
    void begin() {
        if (source.isReadableEnded()) {
            source.tick(this);
        } else {
            source.onEnd(this);
        }
        source.onData(this);
        sink.writing.listeners().feeds().add(this);
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
            source.reading.pipes().keep();
        }
        if (!hasRoom && !over) {
            await();
        }
    }

    private void await() {
        source.reading.pipes().waits(!waiting);
        waiting = true;
    }

    /** A chunk goes out to all: whoever still takes no more says so again. */
    void forgetWaiting() {
        waiting = false;
    }

    /** The sink takes more, or this is over. */
    void drained() {
        if (waiting) {
            waiting = false;
            source.reading.pipes().goesOn();
        }
    }

    /** The source has ended. */
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

    /** Takes the pipe away: the source is paused where this was its last, unless it only waited for this sink. */
    void unpipe() {
        if (over) {
            return;
        }
        over = true;
        source.reading.pipes().ended();
        source.offData(this);
        source.offEnd(this);
        drained();
        sink.writing.listeners().feeds().remove(this);
    }

    /** A pipe ends with the life of its source that it was made in: what a later life brings is not for its sink. */
    @Override
    public boolean isKeptOnReopen() {
        if (!over) {
            over = true;
            waiting = false;
            sink.writing.listeners().feeds().remove(this);
        }
        return false;
    }

    /** Nothing will come any more, and nobody is told. */
    void abandon() {
        over = true;
        waiting = false;
        sink.writing.listeners().feeds().forget(this);
    }
}
