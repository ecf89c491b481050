package io.chagres.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Native memory that lives as long as its segment is reachable. What can be given back at a known moment is a {@link Region}'s. */
public final class Memory {

    static final int ALIGNMENT = 16; // what malloc(3) gives, enough for every C struct

    private Memory() {}

    /** Zeroed, aligned to 16, freed by the garbage collector; counts against {@code -XX:MaxDirectMemorySize}. */
    public static MemorySegment allocate(long bytes) {
        return Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }

    /** A copy as a C string: the bytes and a NUL. */
    public static MemorySegment string(byte[] bytes) {
        return copy(bytes, allocate(bytes.length + 1L));
    }

    static MemorySegment copy(byte[] bytes, MemorySegment target) {
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return target;
    }

    /** A copy as a C string in UTF-8. */
    public static MemorySegment string(String text) {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether a call with these arguments would leave the segment; beyond that of an array lies the Java heap. */
    static boolean outside(MemorySegment buf, long offset, long len) {
        return offset < 0 || len < 0 || offset > buf.byteSize() - len;
    }

    static boolean outside(MemorySegment buf, long len) {
        return outside(buf, 0, len);
    }
}
