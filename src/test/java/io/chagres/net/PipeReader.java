package io.chagres.net;

import io.chagres.loop.SystemException;
import io.chagres.stream.ReadListener;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/** Reads into one buffer again and again, and allocates nothing. */
record PipeReader(ByteBuffer buffer, IntConsumer onCount, Runnable onEnded) implements ReadListener {

    @Override
    public ByteBuffer onAllocate(int suggestedSize) {
        return buffer;
    }

    @Override
    public void onRead(int count, ByteBuffer sameBuffer) {
        onCount.accept(count);
    }

    @Override
    public void onEnd() {
        onEnded.run();
    }

    @Override
    public void onError(SystemException error) {
        throw error;
    }
}
