package io.chagres.stream;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A {@link Readable#pipe}: chunks go from a source to a sink no faster than the sink takes them. The end of the source ends
 * the sink, or the pipe alone; where the sink is over first, the source is left to its owner.
 */
final class Piping implements Consumer<ByteBuffer> {

    private final Duplex source;
    private final Duplex sink;
    private final boolean ends;
    private final Pipes pipes;
    private final Runnable ender = this::end;
    /** Whether the sink has answered false and not drained since. */
    private boolean waiting;
    private boolean over;

    Piping(Duplex source, Duplex sink, boolean ends) {
        this.source = source;
        this.sink = sink;
        this.ends = ends;
        pipes = source.reading.pipes();
    }

    Duplex sink() {
        return sink;
    }

    /** Makes the source flow, also where it was paused, as Node does. */
    void begin() {
        pipes.add(this);
        if (source.isReadableEnded()) {
            source.tick(ender);
        } else {
            source.onEnd(ender);
        }
        source.onData(this);
        sink.writing.feeds().add(this, source);
        if (!over && sink.isWritableNeedDrain()) {
            await();
        } else if (!over) {
            source.resume();
        }
    }

    @Override
    public void accept(ByteBuffer chunk) {
        if (!over && !sink.write(chunk) && !over) {
            await();
        }
    }

    private void await() {
        if (!waiting) {
            waiting = true;
            pipes.await();
        }
        source.pause();
    }

    void forgetWaiting() {
        waiting = false;
    }

    void drained() {
        if (waiting) {
            waiting = false;
            pipes.goOn();
        }
    }

    private void end() {
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
        pipes.remove(this);
        source.offData(this);
        source.offEnd(ender);
        drained();
        sink.writing.feeds().remove(this, source);
    }

    /** Nothing will come any more, and nobody is told. */
    void abandon() {
        over = true;
        sink.writing.feeds().forget(this);
    }
}
