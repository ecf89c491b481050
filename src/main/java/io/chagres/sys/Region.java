package io.chagres.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Native memory that is given back as a whole, by {@link #close}, and not when a garbage collection happens to come: that
 * of a loop, or that of one call.
 *
 * <p>It counts against {@code -XX:MaxDirectMemorySize}, as all native memory. A segment that is read or written through its
 * own methods after the close throws IllegalStateException. A system call that is given its address knows nothing of that:
 * the owner of a region ends such calls first.
 */
public final class Region implements AutoCloseable {

    private final Arena arena;
    private final SegmentAllocator allocator;

    private Region(Arena arena, SegmentAllocator allocator) {
        this.arena = arena;
        this.allocator = allocator;
    }

    /**
     * A region for several threads, any of which may close it. Closing takes a handshake with all threads of the JVM.
     *
     * @param parts the sizes of what will be allocated, taken here at once: all of it is there, or OutOfMemoryError and nothing
     */
    public static Region shared(long... parts) {
        long total = 0;
        for (long part : parts) {
            total += Math.ceilDiv(part, (long) Memory.ALIGNMENT) * Memory.ALIGNMENT;
        }
        Arena arena = Arena.ofShared();
        try {
            return new Region(arena, SegmentAllocator.slicingAllocator(arena.allocate(total, Memory.ALIGNMENT)));
        } catch (Throwable failed) {
            arena.close();
            throw failed;
        }
    }

    /** A region for one call on the current thread, of any size, cheap to close. */
    public static Region ofCall() {
        Arena arena = Arena.ofConfined();
        return new Region(arena, arena);
    }

    /** Zeroed, aligned to 16. */
    public MemorySegment allocate(long bytes) {
        return allocator.allocate(bytes, Memory.ALIGNMENT);
    }

    /** A copy of {@code bytes} as a C string: the bytes and a NUL. */
    public MemorySegment string(byte[] bytes) {
        return Memory.copy(bytes, allocate(bytes.length + 1L));
    }

    /** A copy of {@code text} as a C string in UTF-8. */
    public MemorySegment string(String text) {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Gives all of it back. */
    @Override
    public void close() {
        arena.close();
    }
}
