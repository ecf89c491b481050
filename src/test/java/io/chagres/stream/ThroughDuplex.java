package io.chagres.stream;

import io.chagres.loop.Loop;
import java.nio.ByteBuffer;

/** Node's PassThrough: what is written to it is read from it, as slowly as its reader is. */
final class ThroughDuplex extends MemoryDuplex {

    private Completion waiting;

    ThroughDuplex(Loop loop) {
        super(loop, new Options(true, 10, 10, true));
    }

    @Override
    protected void doRead() {
        if (waiting != null) {
            Completion done = waiting;
            waiting = null;
            done.onComplete(null);
        }
    }

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        if (push(data.duplicate())) {
            done.onComplete(null);
        } else {
            waiting = done;
        }
    }

    @Override
    protected void doFinal(Completion done) {
        pushEnd();
        done.onComplete(null);
    }
}
