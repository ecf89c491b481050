package io.chagres.stream;

import io.chagres.loop.LoopCore;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A socket: recv(2) and send(2), straight into and out of the Java heap. One serves all sockets of a loop.
 *
 * <p>A call leaves nothing behind where its buffer is of a segment, as the slab and its chunks are, or is lent for each read;
 * one of any other buffer 32 B, which is the scope of its view.
 */
class SocketTransport extends Transport {

    private final ReadSlab slab;
    /** The array that was read into last, other than the slab, and a buffer over it that is of a segment. */
    private byte[] lentArray;
    private ByteBuffer lentHeap;
    /** The direct buffer that was read into last, and all of it as a segment. */
    private ByteBuffer lentDirect;
    private MemorySegment lentSegment;

    SocketTransport(LoopCore core) {
        slab = ReadSlab.of(core);
    }

    static Transport of(LoopCore core) {
        return core.local(SocketTransport.class, () -> new SocketTransport(core));
    }

    @Override
    long read(int fd, ByteBuffer buffer) {
        if (slab.is(buffer)) {
            return Sockets.recv(fd, buffer, 0);
        }
        return buffer.isDirect() ? readDirect(fd, buffer) : Sockets.recv(fd, ofSegment(buffer), 0);
    }

    private ByteBuffer ofSegment(ByteBuffer buffer) {
        if (buffer.array() != lentArray) {
            lentArray = buffer.array();
            lentHeap = MemorySegment.ofArray(lentArray).asByteBuffer();
        }
        int from = buffer.arrayOffset() + buffer.position();
        return lentHeap.limit(from + buffer.remaining()).position(from);
    }

    private long readDirect(int fd, ByteBuffer buffer) {
        if (buffer != lentDirect) {
            lentDirect = buffer;
            lentSegment = MemorySegment.ofBuffer(buffer.duplicate().clear());
        }
        return Sockets.recv(fd, lentSegment, buffer.position(), buffer.remaining(), 0);
    }

    @Override
    final long write(int fd, ByteBuffer buffer) {
        return buffer.isDirect()
            ? Sockets.send(fd, MemorySegment.ofBuffer(buffer), buffer.remaining(), Sockets.MSG_NOSIGNAL)
            : Sockets.send(fd, buffer, Sockets.MSG_NOSIGNAL);
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
