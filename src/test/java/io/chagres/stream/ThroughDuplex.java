package io.chagres.stream;

import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;

/** Node's PassThrough: the bytes that are written can be read again, and a write completes when the reader has room. */
final class ThroughDuplex extends MemoryDuplex {

    private Completion waiting;

    ThroughDuplex(Loop loop) {
        this(loop, 10);
    }

    ThroughDuplex(Loop loop, int mark) {
        super(loop, DuplexOptions.defaults().highWaterMark(mark));
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
