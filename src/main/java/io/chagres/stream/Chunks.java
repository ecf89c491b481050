package io.chagres.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** Chunks that have come and wait to be consumed, and how many bytes they are together. */
final class Chunks {

    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>();
    private long length;

    long length() {
        return length;
    }

    void add(ByteBuffer chunk) {
        chunks.add(chunk);
        length += chunk.remaining();
    }

    void addFirst(ByteBuffer chunk) {
        chunks.addFirst(chunk);
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
            addFirst(first.slice(first.position() + count, size - count));
            return first.slice(first.position(), count);
        }
        addFirst(first);
        return join(count);
    }

    private ByteBuffer join(int count) {
        ByteBuffer joined = ByteBuffer.allocate(count);
        while (joined.hasRemaining()) {
            joined.put(take(Math.min(joined.remaining(), firstLength())).duplicate());
        }
        return joined.flip();
    }
}
