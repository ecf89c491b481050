package io.chagres.stream;

import io.chagres.UsageException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** The chunks that wait to be consumed, views that no caller has, and how many bytes they are together. */
final class Chunks {

    /** The most bytes that one read can ask for, as in Node: 1 GiB. */
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

    long length() {
        return length;
    }

    /** Adds a chunk, behind those that wait or before them. */
    void add(ByteBuffer chunk, boolean first) {
        if (first) {
            chunks.addFirst(chunk);
        } else {
            chunks.addLast(chunk);
        }
        length += chunk.remaining();
    }

    /** The size of the first chunk. */
    int firstLength() {
        return chunks.element().remaining();
    }

    /** The next {@code count} bytes, of which there are as many: of one chunk without a copy. */
    ByteBuffer take(int count) {
        ByteBuffer first = chunks.remove();
        int size = first.remaining();
        length -= size;
        if (size == count) {
            return first;
        }
        if (size > count) {
            ByteBuffer taken = first.slice(first.position(), count).order(first.order());
            add(first.position(first.position() + count), true);
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
