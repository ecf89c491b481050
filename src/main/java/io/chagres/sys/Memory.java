package io.chagres.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Native memory that lives as long as its segment is reachable.
 *
 * <p>Use a {@link Region} instead if the memory can be freed at a known moment.
 */
public final class Memory {

    static final int ALIGNMENT = 16; // the alignment of malloc(3), enough for every C struct

    private Memory() {}

    /**
     * Allocates memory that is zeroed and aligned to 16 bytes. The garbage collector frees it, and it counts against
     * {@code -XX:MaxDirectMemorySize}.
     */
    public static MemorySegment allocate(long bytes) {
        return Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }

    /** Returns a copy of {@code bytes} as a C string: the bytes and a NUL. */
    public static MemorySegment string(byte[] bytes) {
        return copy(bytes, allocate(bytes.length + 1L));
    }

    static MemorySegment copy(byte[] bytes, MemorySegment target) {
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return target;
    }

    /** Returns a copy of {@code text} as a C string in UTF-8. */
    public static MemorySegment string(String text) {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns whether a call with these arguments would leave the segment. Behind the segment of an array is the Java
     * heap.
     */
    static boolean outside(MemorySegment buf, long offset, long len) {
        return offset < 0 || len < 0 || offset > buf.byteSize() - len;
    }

    static boolean outside(MemorySegment buf, long len) {
        return outside(buf, 0, len);
    }
}
