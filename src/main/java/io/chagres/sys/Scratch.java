package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * A few bytes of native memory that a thread uses for its own system calls. No other thread sees them, and they are
 * freed after the thread has ended.
 *
 * <pre>{@code
 *   0  int errno      written by the linker as a failing call returns
 *   8  int value      an integer socket option, in or out
 *  12  int length     the length of that option
 * }</pre>
 */
final class Scratch {

    static final int VALUE = 8;
    static final int LENGTH = 12;

    /** On JDK 22 and 23 heap data is copied through this many native bytes. A read of a stream asks for 64 KiB. */
    static final int BOUNCE_BYTES = 64 * 1024;

    private static final ThreadLocal<MemorySegment> SLAB = ThreadLocal.withInitial(() -> Memory.allocate(16));
    private static final ThreadLocal<MemorySegment> BOUNCE =
            ThreadLocal.withInitial(() -> Memory.allocate(BOUNCE_BYTES));

    private Scratch() {}

    static MemorySegment slab() {
        return SLAB.get();
    }

    static MemorySegment bounce() {
        return BOUNCE.get();
    }

    static int errno(MemorySegment slab) {
        return slab.get(JAVA_INT, 0);
    }

    /**
     * Returns {@code result} if it is not negative, otherwise -errno. Both are computed, and a mask selects: an {@code if} that the
     * compiler has never seen taken would make it throw away each loop that contains the call, once the first call fails.
     */
    static long resultOrErrno(long result, MemorySegment slab) {
        long failed = result >> (Long.SIZE - 1);
        return result & ~failed | -errno(slab) & failed;
    }
}
