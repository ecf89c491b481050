package io.chagres.stream;

import java.nio.ByteBuffer;

/**
 * A {@link Readable#pipe}: chunks go from a source to a sink no faster than the sink takes them; of several sinks, the
 * slowest decides. The end of the source ends the sink; where the sink is over first, the source is left to its owner.
 */
final class Piping {

    private final Duplex source;
    private final ReadableState reading;
    private final Writable sink;
    /** Whether the sink has answered false and not drained since. */
    private boolean waiting;
    private boolean over;

    Piping(Duplex source, ReadableState reading, Writable sink) {
        this.source = source;
        this.reading = reading;
        this.sink = sink;
    }

    /** Makes the source flow, also where it was paused, as Node does. */
    void begin() {
        reading.pipeBegins();
        sink.onDrain(this::drained);
        sink.onFinish(this::unpipe);
        sink.onClose(hadError -> unpipe());
        if (source.isReadableEnded()) {
            source.tick(this::end);
            return;
        }
        source.onEnd(this::end);
        source.onData(this::write);
        if (sink.isWritableNeedDrain()) {
            await();
        } else {
            reading.resume();
        }
    }

    private void write(ByteBuffer chunk) {
        if (!over && !sink.write(chunk) && !waiting) {
            await();
        }
    }

    private void await() {
        waiting = true;
        reading.pipeWaits();
    }

    private void drained() {
        if (waiting && !over) {
            waiting = false;
            reading.pipeGoesOn();
        }
    }

    private void end() {
        if (!over) {
            over = true;
            sink.end();
        }
    }

    private void unpipe() {
        if (!over) {
            over = true;
            reading.pipeEnds(waiting);
        }
    }
}
