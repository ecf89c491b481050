package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.ReadSlab;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A socket: recv(2) and send(2), straight into and out of the Java heap. One serves all sockets of a loop.
 *
 * <p>A segment over the loop's slab is there already, and so is one over a buffer that is lent for each read; one over any
 * other array or buffer costs some 70 B each time.
 */
class SocketTransport extends Transport {

    private final ReadSlab slab;
    /** The buffer, or its array, that was read into last, other than the slab, and all of it as a segment. */
    private Object lent;

    private MemorySegment lentSegment;

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
            lent = memory(buffer);
            lentSegment = segment(buffer);
            known = lentSegment;
        }
        return Sockets.recv(fd, known, offset(buffer), buffer.remaining(), 0);
    }

    @Override
    final long write(int fd, ByteBuffer buffer) {
        MemorySegment known = known(buffer);
        return Sockets.send(
                fd, known != null ? known : segment(buffer), offset(buffer), buffer.remaining(), Sockets.MSG_NOSIGNAL);
    }

    /** The segment that is there already, or null. */
    private MemorySegment known(ByteBuffer buffer) {
        MemorySegment ofSlab = buffer.hasArray() ? slab.segmentOf(buffer.array()) : null;
        return ofSlab != null || memory(buffer) != lent ? ofSlab : lentSegment;
    }

    private static Object memory(ByteBuffer buffer) {
        return buffer.hasArray() ? buffer.array() : buffer;
    }

    /** The whole array, or the whole buffer. */
    private static MemorySegment segment(ByteBuffer buffer) {
        return buffer.hasArray()
                ? MemorySegment.ofArray(buffer.array())
                : MemorySegment.ofBuffer(buffer.duplicate().clear());
    }

    /** Where its position is in that. */
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
