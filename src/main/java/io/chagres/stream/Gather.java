package io.chagres.stream;

import io.chagres.loop.LoopCore;
import io.chagres.sys.Cmsg;
import io.chagres.sys.Descriptors;
import io.chagres.sys.IoVec;
import io.chagres.sys.Memory;
import io.chagres.sys.MsgHdr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Sends the buffers of several queued writes with one sendmsg(2) or writev(2). The kernel wants addresses, and a Java array
 * has none that stays: bytes on the heap are copied into memory of this object first, as far as they fit.
 */
final class Gather {

    /** As many as one call takes: IOV_MAX. */
    private static final int MOST_BUFFERS = 1024;

    private static final int COPY_SIZE = 64 * 1024;

    private final MemorySegment message = Memory.allocate(MsgHdr.BYTES);
    private final MemorySegment vector = Memory.allocate((long) MOST_BUFFERS * IoVec.BYTES);
    private final MemorySegment copies = Memory.allocate(COPY_SIZE);
    private final MemorySegment control = Memory.allocate(Cmsg.space(1));
    private final int[] passed = new int[1];
    private final ByteBuffer copyView = copies.asByteBuffer();
    private int count;
    private long total;

    private Gather() {
        MsgHdr.iov(message, vector, 0);
    }

    static Gather of(LoopCore core) {
        return core.local(Gather.class, Gather::new);
    }

    void clear() {
        count = 0;
        total = 0;
        copyView.clear();
    }

    /** How many bytes it holds. */
    long total() {
        return total;
    }

    /** Adds what {@code request} has left; false where not all of it fits. */
    boolean add(WriteRequest request) {
        for (int i = 0; i < request.buffersLeft(); i++) {
            ByteBuffer buffer = request.buffer(i);
            if (buffer.hasRemaining() && !add(buffer)) {
                return false;
            }
        }
        return true;
    }

    /** Adds what {@code buffer} has left; false where not all of it fits. */
    boolean add(ByteBuffer buffer) {
        if (count == MOST_BUFFERS) {
            return false;
        }
        return buffer.isDirect() ? addDirect(buffer) : addCopy(buffer);
    }

    private boolean addDirect(ByteBuffer buffer) {
        put(MemorySegment.ofBuffer(buffer), buffer.remaining());
        return true;
    }

    private boolean addCopy(ByteBuffer buffer) {
        int start = copyView.position();
        int length = Math.min(buffer.remaining(), copyView.remaining());
        if (length > 0) {
            copyView.put(start, buffer, buffer.position(), length);
            copyView.position(start + length);
            put(copies.asSlice(start, length), length);
        }
        return length == buffer.remaining();
    }

    private void put(MemorySegment bytes, int length) {
        IoVec.set(vector, count++, bytes, length);
        total += length;
    }

    /** sendmsg(2): how many of the bytes the kernel took, or -errno. */
    long send(int fd) {
        MsgHdr.control(message, MemorySegment.NULL, 0);
        return sendMessage(fd);
    }

    /** As {@link #send(int)}, and {@code descriptor} goes with the first of the bytes. */
    long send(int fd, int descriptor) {
        passed[0] = descriptor;
        MsgHdr.control(message, control, Cmsg.putRights(control, passed, 1));
        return sendMessage(fd);
    }

    private long sendMessage(int fd) {
        MsgHdr.iov(message, vector, count);
        return Sockets.sendmsg(fd, message, Sockets.MSG_NOSIGNAL | Sockets.MSG_DONTWAIT);
    }

    /** writev(2): how many of the bytes the kernel took, or -errno. */
    long writev(int fd) {
        return Descriptors.writev(fd, vector, count);
    }
}
