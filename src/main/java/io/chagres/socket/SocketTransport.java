package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.ReadSlab;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The transport of a socket: recv(2) and send(2), straight into and out of the Java heap. All sockets of a loop share one.
 *
 * <p>A system call needs a segment over the memory. There is one over the loop's {@link ReadSlab}, and one over the memory that was read
 * into last, which a listener usually supplies again. A segment over any other array or buffer is made for the call, and costs about
 * 70 B.
 */
class SocketTransport extends Transport {

    private final ReadSlab slab;
    /** The memory that was read into last, other than the slab: an array, or a buffer that has none. Null before the first read. */
    private @Nullable Object lastMemory;

    /** A segment over all of {@link #lastMemory}. */
    private @Nullable MemorySegment lastSegment;

    SocketTransport(LoopCore core) {
        slab = ReadSlab.of(core);
    }

    static Transport of(LoopCore core) {
        return core.local(SocketTransport.class, () -> new SocketTransport(core));
    }

    @Override
    long read(int fd, ByteBuffer buffer) {
        MemorySegment known = known(buffer);
        if (known == null) {
            lastMemory = memory(buffer);
            lastSegment = segment(buffer);
            known = lastSegment;
        }
        return Sockets.recv(fd, known, offset(buffer), buffer.remaining(), 0);
    }

    @Override
    final long write(int fd, ByteBuffer buffer) {
        MemorySegment known = known(buffer);
        return Sockets.send(
                fd, known != null ? known : segment(buffer), offset(buffer), buffer.remaining(), Sockets.MSG_NOSIGNAL);
    }

    /** Returns the segment over the memory of {@code buffer} if there is one already; otherwise null. */
    private @Nullable MemorySegment known(ByteBuffer buffer) {
        MemorySegment ofSlab = buffer.hasArray() ? slab.segmentOf(buffer.array()) : null;
        return ofSlab != null || memory(buffer) != lastMemory ? ofSlab : lastSegment;
    }

    private static Object memory(ByteBuffer buffer) {
        return buffer.hasArray() ? buffer.array() : buffer;
    }

    /** Returns a segment over the whole array, or the whole buffer. */
    private static MemorySegment segment(ByteBuffer buffer) {
        return buffer.hasArray()
                ? MemorySegment.ofArray(buffer.array())
                : MemorySegment.ofBuffer(buffer.duplicate().clear());
    }

    /** Returns the offset of the position of {@code buffer} in the segment. */
    private static long offset(ByteBuffer buffer) {
        return buffer.hasArray() ? buffer.arrayOffset() + (long) buffer.position() : buffer.position();
    }

    @Override
    final long write(int fd, Gather gather) {
        return gather.send(fd);
    }

    @Override
    final int shutdown(int fd) {
        return Sockets.shutdown(fd, Sockets.SHUT_WR);
    }
}
