package io.chagres.stream;

import io.chagres.loop.LoopCore;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A socket: recv(2) and send(2), straight into and out of the Java heap. One serves all sockets of a loop. */
class SocketTransport extends Transport {

    private final ReadSlab slab;
    /** Where was read into last, other than the slab: a buffer that is lent comes again, and leaves nothing behind then. */
    private byte[] lent = {};
    private int lentFrom;
    private MemorySegment lentSegment = MemorySegment.ofArray(lent);

    SocketTransport(LoopCore core) {
        slab = ReadSlab.of(core);
    }

    static Transport of(LoopCore core) {
        return core.local(SocketTransport.class, () -> new SocketTransport(core));
    }

    @Override
    long read(int fd, ByteBuffer buffer) {
        if (buffer.hasArray() && !slab.isOf(buffer.array())) {
            return readLent(fd, buffer);
        }
        int room = buffer.remaining();
        return Sockets.recv(fd, Segments.of(slab, buffer, buffer.position(), room), room, 0);
    }

    private long readLent(int fd, ByteBuffer buffer) {
        int from = buffer.arrayOffset() + buffer.position();
        if (buffer.array() != lent || from != lentFrom) {
            lent = buffer.array();
            lentFrom = from;
            lentSegment = MemorySegment.ofArray(lent).asSlice(from);
        }
        return Sockets.recv(fd, lentSegment, buffer.remaining(), 0);
    }

    @Override
    final long write(int fd, ByteBuffer buffer) {
        int length = buffer.remaining();
        return Sockets.send(fd, Segments.of(slab, buffer, buffer.position(), length), length, Sockets.MSG_NOSIGNAL);
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
