package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * What a thread lends to its own system calls: a few bytes of native memory that no other thread sees. They die with
 * the thread.
 *
 * <pre>{@code
 *   0  int errno      written by the linker as a failing call returns
 *   8  int value      an integer socket option, on its way in or out
 *  12  int length     and its length
 * }</pre>
 */
final class Scratch {

    static final int VALUE = 8;
    static final int LENGTH = 12;

    /** On 22 and 23 heap data passes through this many native bytes; 64 KiB is what one read of a stream asks for. */
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
}
