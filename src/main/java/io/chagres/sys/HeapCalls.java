package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;

/**
 * recv(2) and send(2) on buffers of the Java heap: critical calls, which may point into an array.
 *
 * <p>The view of the buffer that the linker wants is made here, below a handle that is no constant ({@link CFunction} tells
 * why), and by ofBuffer, where its class is plain to the compiler: so it is gone then with the linker's own. A slice of a
 * segment is not as soon as the process has slices of a third kind, say of mapped memory.
 */
final class HeapCalls {

    private static final MethodHandle RECV_HANDLE = Libc.critical("recv");
    private static final MethodHandle SEND_HANDLE = Libc.critical("send");

    static final CFunction RECV = unit("recv");
    static final CFunction SEND = unit("send");

    private HeapCalls() { }

    private static CFunction unit(String name) {
        MethodType type = MethodType.methodType(long.class, MemorySegment.class, long.class, ByteBuffer.class, long.class);
        try {
            return new CFunction(MethodHandles.lookup().findStatic(HeapCalls.class, name, type));
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static long recv(MemorySegment slab, long fd, ByteBuffer buffer, long flags) throws Throwable {
        return (long) RECV_HANDLE.invokeExact(slab, fd, MemorySegment.ofBuffer(buffer), (long) buffer.remaining(), flags);
    }

    private static long send(MemorySegment slab, long fd, ByteBuffer buffer, long flags) throws Throwable {
        return (long) SEND_HANDLE.invokeExact(slab, fd, MemorySegment.ofBuffer(buffer), (long) buffer.remaining(), flags);
    }
}
