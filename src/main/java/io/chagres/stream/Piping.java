package io.chagres.stream;

import java.nio.ByteBuffer;

/**
 * A {@link Readable#pipe}: chunks go from a source to a sink no faster than the sink takes them. The end of the source ends
 * the sink; where the sink is over first, the source is paused and left to its owner, as in Node.
 */
final class Piping {

    private final Readable source;
    private final Writable sink;
    private boolean over;

    Piping(Readable source, Writable sink) {
        this.source = source;
        this.sink = sink;
    }

    void begin() {
        sink.onDrain(this::resume);
        sink.onFinish(this::unpipe);
        sink.onClose(hadError -> unpipe());
        source.onEnd(this::end);
        source.onData(this::write);
        if (sink.isWritableNeedDrain()) {
            source.pause();
        }
    }

    private void write(ByteBuffer chunk) {
        if (!over && !sink.write(chunk)) {
            source.pause();
        }
    }

    private void resume() {
        if (!over) {
            source.resume();
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
            source.pause();
        }
    }
}
