package io.chagres.stream;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Byte buffers as the kernel takes them. */
final class Segments {

    private Segments() {
    }

    /**
     * The {@code length} bytes of {@code buffer} from index {@code from}. For a buffer over an array the segment does not
     * outlive the call that it is passed to, and the compiler takes it apart: measured, 0 B per call.
     */
    static MemorySegment of(ByteBuffer buffer, int from, int length) {
        if (buffer.hasArray()) {
            return MemorySegment.ofArray(buffer.array()).asSlice(buffer.arrayOffset() + (long) from, length);
        }
        int position = buffer.position();
        return MemorySegment.ofBuffer(buffer).asSlice((long) from - position, length);
    }
}
