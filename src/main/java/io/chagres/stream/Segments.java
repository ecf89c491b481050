package io.chagres.stream;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Byte buffers as the kernel takes them. */
final class Segments {

    private Segments() {
    }

    /**
     * The {@code length} bytes of {@code buffer} from index {@code from}. Those of the loop's own slab, which are most, leave
     * nothing behind; a segment over another array or buffer costs about 32 B each time.
     */
    static MemorySegment of(ReadSlab slab, ByteBuffer buffer, int from, int length) {
        if (buffer.hasArray()) {
            return slab.segmentOf(buffer.array()).asSlice(buffer.arrayOffset() + (long) from, length);
        }
        int position = buffer.position();
        return MemorySegment.ofBuffer(buffer).asSlice((long) from - position, length);
    }
}
