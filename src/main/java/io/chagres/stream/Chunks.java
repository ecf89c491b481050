package io.chagres.stream;

import io.chagres.UsageException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The chunks that wait to be consumed, in order. They are views that no caller has. */
final class Chunks {

    /** The maximum of bytes that one read can ask for, as in Node: 1 GiB. */
    static final int MAX_READ = 1 << 30;

    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>();
    private long length;

    static int requireSize(int size) {
        if (size < 0 || size > MAX_READ) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"size\" is out of range. It must be >= 0 && <= " + MAX_READ + ". Received " + size);
        }
        return size;
    }

    /** Returns {@code chunk}, or throws Node's error if it is null. */
    static <T> T requireChunk(@Nullable T chunk) {
        if (chunk == null) {
            throw new UsageException("ERR_STREAM_NULL_VALUES", "May not write null values to stream");
        }
        return chunk;
    }

    /** Returns the number of bytes of all chunks. */
    long length() {
        return length;
    }

    /** Adds a chunk behind those that wait, or before them if {@code first} is true. */
    void add(ByteBuffer chunk, boolean first) {
        if (first) {
            chunks.addFirst(chunk);
        } else {
            chunks.addLast(chunk);
        }
        length += chunk.remaining();
    }

    /** Returns the number of bytes of the first chunk. */
    int firstLength() {
        return chunks.element().remaining();
    }

    /** Takes the next {@code count} bytes, which must be there. Bytes of one chunk are not copied. */
    ByteBuffer take(int count) {
        ByteBuffer first = chunks.remove();
        int size = first.remaining();
        length -= size;
        if (size == count) {
            return first;
        }
        if (size > count) {
            ByteBuffer taken = first.slice(first.position(), count).order(first.order());
            add(first.position(first.position() + count), true); // the rest waits on
            return taken;
        }
        add(first, true);
        return join(count);
    }

    private ByteBuffer join(int count) {
        ByteBuffer joined = ByteBuffer.allocate(count);
        while (joined.hasRemaining()) {
            joined.put(take(Math.min(joined.remaining(), firstLength())));
        }
        return joined.flip();
    }
}
