package io.chagres.stream;

import io.chagres.handle.Completion;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A write that waits for the one before it. Its data is a view, made at the call. */
record WaitingWrite(ByteBuffer data, Completion callback) {

    private static final long MAX_VECTOR = 1 << 30;

    WaitingWrite {
        data = Buffers.view(data);
    }

    /** Takes as many as one vectored write of the kernel is sure to take, at least one: it counts to 2^31 - 4096. */
    static List<WaitingWrite> takeBatch(Queue<WaitingWrite> waiting) {
        List<WaitingWrite> batch = new ArrayList<>(waiting.size());
        long size = 0;
        do {
            size += waiting.element().data.remaining();
            batch.add(waiting.remove());
        } while (!waiting.isEmpty() && size + waiting.element().data.remaining() <= MAX_VECTOR);
        return batch;
    }

    static ByteBuffer[] data(List<WaitingWrite> batch) {
        return batch.stream().map(WaitingWrite::data).toArray(ByteBuffer[]::new);
    }

    static long size(ByteBuffer[] data) {
        long size = 0;
        for (ByteBuffer buffer : data) {
            size += buffer.remaining();
        }
        return size;
    }
}
