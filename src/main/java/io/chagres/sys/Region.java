package io.chagres.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Native memory that {@link #close} frees as a whole, instead of a later garbage collection: the memory of a loop, or
 * of one call.
 *
 * <p>Like all native memory, it counts against {@code -XX:MaxDirectMemorySize}. After the close, the methods of its
 * segments throw IllegalStateException. A system call that has only the address is not protected: the owner of a
 * region ends such calls before it closes the region.
 */
public final class Region implements AutoCloseable {

    private final Arena arena;
    private final SegmentAllocator allocator;

    private Region(Arena arena, SegmentAllocator allocator) {
        this.arena = arena;
        this.allocator = allocator;
    }

    /**
     * Creates a region for several threads, any of which may close it. Closing takes a handshake with all threads of
     * the JVM.
     *
     * @param parts the sizes that will be allocated later
     * @throws OutOfMemoryError if the memory for all parts is not there now; nothing is allocated then
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

    /** Creates a region of any size for one call on the current thread. It is cheap to close. */
    public static Region ofCall() {
        Arena arena = Arena.ofConfined();
        return new Region(arena, arena);
    }

    /** Allocates memory that is zeroed and aligned to 16 bytes. */
    public MemorySegment allocate(long bytes) {
        return allocator.allocate(bytes, Memory.ALIGNMENT);
    }

    /** Returns a copy of {@code bytes} as a C string: the bytes and a NUL. */
    public MemorySegment string(byte[] bytes) {
        return Memory.copy(bytes, allocate(bytes.length + 1L));
    }

    /** Returns a copy of {@code text} as a C string in UTF-8. */
    public MemorySegment string(String text) {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Frees all memory of this region. */
    @Override
    public void close() {
        arena.close();
    }
}
