package io.chagres.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Native memory that is given back as a whole, by {@link #close}, and not when a garbage collection happens to come: that
 * of a loop, or that of one call.
 *
 * <p>It counts against {@code -XX:MaxDirectMemorySize}, as all native memory. A segment that is read or written through its
 * own methods after the close throws IllegalStateException. A system call that is given its address knows nothing of that:
 * whoever closes a region ends such calls first.
 */
public final class Region implements AutoCloseable {

    private final Arena arena;

    private Region(Arena arena) {
        this.arena = arena;
    }

    /** A region for several threads, any of which may close it. Closing takes a handshake with all threads of the JVM. */
    public static Region shared() {
        return new Region(Arena.ofShared());
    }

    /** A region for one call on the current thread, cheap to close. */
    public static Region ofCall() {
        return new Region(Arena.ofConfined());
    }

    /** Zeroed, aligned to 16. OutOfMemoryError if there is no more. */
    public MemorySegment allocate(long bytes) {
        return arena.allocate(bytes, Memory.ALIGNMENT);
    }

    /** Gives all of it back. */
    @Override
    public void close() {
        arena.close();
    }
}
