package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * recv(2) and send(2) on memory of an arena that can be closed.
 *
 * <p>The segment itself is the argument. The linker holds its arena until the call has returned, and throws
 * IllegalStateException if the arena is closed already.
 *
 * <p>The calls are not critical: a page of a mapped file may have to be read from disk first, and the collector must
 * not wait for that. They are a call shape of their own, linked when such memory is used for the first time.
 */
final class ArenaCalls {

    private static final MethodHandle RECV_HANDLE = Libc.held("recv");
    private static final MethodHandle SEND_HANDLE = Libc.held("send");

    static final CFunction RECV = unit("recv");
    static final CFunction SEND = unit("send");

    private ArenaCalls() {}

    private static CFunction unit(String name) {
        MethodType type = MethodType.methodType(
                long.class, MemorySegment.class, long.class, MemorySegment.class, long.class, long.class, long.class);
        try {
            return new CFunction(name, MethodHandles.lookup().findStatic(ArenaCalls.class, name, type));
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static long recv(MemorySegment slab, long fd, MemorySegment memory, long offset, long len, long flags)
            throws Throwable {
        return (long) RECV_HANDLE.invokeExact(slab, fd, memory.asSlice(offset, len), len, flags);
    }

    private static long send(MemorySegment slab, long fd, MemorySegment memory, long offset, long len, long flags)
            throws Throwable {
        return (long) SEND_HANDLE.invokeExact(slab, fd, memory.asSlice(offset, len), len, flags);
    }
}
