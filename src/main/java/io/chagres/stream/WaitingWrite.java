package io.chagres.stream;

import io.chagres.handle.Completion;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A write that waits for the one before it. Its data is a view, made at the call. */
record WaitingWrite(ByteBuffer data, @Nullable Completion callback) {

    private static final long MAX_VECTOR = 1 << 30; // bytes; one writev(2) takes at most 2^31 - 4096

    WaitingWrite {
        data = Buffers.view(data);
    }

    /** Takes as many writes as fit into one vectored write of {@link #MAX_VECTOR} bytes; at least one. */
    static List<WaitingWrite> takeBatch(Queue<WaitingWrite> waiting) {
        List<WaitingWrite> batch = new ArrayList<>(waiting.size());
        long size = 0;
        do {
            size += waiting.element().data.remaining();
            batch.add(waiting.remove());
        } while (!waiting.isEmpty() && size + waiting.element().data.remaining() <= MAX_VECTOR);
        return batch;
    }

    /** Returns the data of all of {@code batch}. */
    static ByteBuffer[] data(List<WaitingWrite> batch) {
        return batch.stream().map(WaitingWrite::data).toArray(ByteBuffer[]::new);
    }

    /** Returns the number of bytes of all of {@code data}. */
    static long size(ByteBuffer[] data) {
        long size = 0;
        for (ByteBuffer buffer : data) {
            size += buffer.remaining();
        }
        return size;
    }
}
