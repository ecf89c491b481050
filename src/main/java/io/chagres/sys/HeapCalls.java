package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * recv(2) and send(2) on heap segments: critical calls, which may point into an array.
 *
 * <p>The offset in the segment is an argument. The view that begins at the offset is made here, below a handle that
 * is no constant ({@link CFunction} explains why). So the compiler removes the view together with the linker's own,
 * in a process whose views are of one or two kinds. With more kinds (mapped memory, for instance) the view can
 * remain, 40 bytes a call. Native memory does not come here: when both kinds met in one call, the view always
 * remained.
 */
final class HeapCalls {

    private static final MethodHandle RECV_HANDLE = Libc.critical("recv");
    private static final MethodHandle SEND_HANDLE = Libc.critical("send");

    static final CFunction RECV = unit("recv");
    static final CFunction SEND = unit("send");

    private HeapCalls() {}

    private static CFunction unit(String name) {
        MethodType type = MethodType.methodType(
                long.class, MemorySegment.class, long.class, MemorySegment.class, long.class, long.class, long.class);
        try {
            return new CFunction(name, MethodHandles.lookup().findStatic(HeapCalls.class, name, type));
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static long recv(MemorySegment slab, long fd, MemorySegment heap, long offset, long len, long flags)
            throws Throwable {
        return (long) RECV_HANDLE.invokeExact(slab, fd, heap.asSlice(offset, len), len, flags);
    }

    private static long send(MemorySegment slab, long fd, MemorySegment heap, long offset, long len, long flags)
            throws Throwable {
        return (long) SEND_HANDLE.invokeExact(slab, fd, heap.asSlice(offset, len), len, flags);
    }
}
