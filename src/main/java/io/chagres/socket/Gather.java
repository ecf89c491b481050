package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Buffers;
import io.chagres.sys.Cmsg;
import io.chagres.sys.Descriptors;
import io.chagres.sys.IoVec;
import io.chagres.sys.MsgHdr;
import io.chagres.sys.Region;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The vector of buffers that sends several queued writes with one sendmsg(2) or writev(2). A loop has one, which all its streams use.
 *
 * <p>The kernel gets addresses. Bytes that the garbage collector can move, or that an arena can free, are copied into native memory
 * of this object first, as far as they fit. A buffer whose address is passed is kept reachable until the call has returned.
 */
final class Gather implements AutoCloseable {

    /** The maximum of one call: IOV_MAX, UIO_MAXIOV of the kernel. */
    private static final int MAX_BUFFERS = 1024;

    private static final int COPY_SIZE = 64 * 1024;

    private final Region region =
            Region.shared(MsgHdr.BYTES, (long) MAX_BUFFERS * IoVec.BYTES, COPY_SIZE, Cmsg.space(1));
    private final MemorySegment message = region.allocate(MsgHdr.BYTES);
    private final MemorySegment vector = region.allocate((long) MAX_BUFFERS * IoVec.BYTES);
    private final MemorySegment copies = region.allocate(COPY_SIZE);
    private final MemorySegment control = region.allocate(Cmsg.space(1));
    private final int[] passed = new int[1];
    private final ByteBuffer copyView = copies.asByteBuffer();
    /** The buffers that the vector points to: held here, so that the collector does not free them during the call. */
    private final ByteBuffer[] held = new ByteBuffer[MAX_BUFFERS];

    private int count;
    private long room;
    private long total;

    private Gather() {
        MsgHdr.iov(message, vector, 0);
    }

    static Gather of(LoopCore core) {
        return core.local(Gather.class, Gather::new);
    }

    /** Empties the vector. It will take at most {@code room} bytes. */
    void clear(long room) {
        Arrays.fill(held, 0, count, null);
        count = 0;
        total = 0;
        this.room = room;
        copyView.clear();
    }

    /** Returns how many bytes the vector holds. */
    long total() {
        return total;
    }

    /** Adds the bytes that {@code request} has left; returns whether all of them fit. */
    boolean add(WriteRequest request) {
        for (int i = 0; i < request.buffersLeft(); i++) {
            ByteBuffer buffer = request.buffer(i);
            if (buffer.hasRemaining() && !add(buffer)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Adds the bytes that {@code buffer} has left; returns whether all of them fit.
     *
     * @throws IllegalStateException if the arena of the buffer is closed
     * @throws WrongThreadException if the arena of the buffer is confined to another thread
     */
    boolean add(ByteBuffer buffer) {
        if (count == MAX_BUFFERS || total == room) {
            return false;
        }
        int length = (int) Math.min(buffer.remaining(), room - total);
        return (Buffers.stays(buffer) ? addAddress(buffer, length) : addCopy(buffer, length)) == buffer.remaining();
    }

    private int addAddress(ByteBuffer buffer, int length) {
        held[count] = buffer;
        put(MemorySegment.ofBuffer(buffer), length);
        return length;
    }

    private int addCopy(ByteBuffer buffer, int wanted) {
        int start = copyView.position();
        int length = Math.min(wanted, copyView.remaining());
        if (length > 0) {
            copyView.put(start, buffer, buffer.position(), length);
            copyView.position(start + length);
            put(copies.asSlice(start, length), length);
        }
        return length;
    }

    private void put(MemorySegment bytes, int length) {
        IoVec.set(vector, count++, bytes, length);
        total += length;
    }

    /** Calls sendmsg(2); returns how many bytes the kernel took, or -errno. */
    long send(int fd) {
        MsgHdr.control(message, MemorySegment.NULL, 0);
        return sendMessage(fd);
    }

    /** Sends as {@link #send(int)} does. {@code descriptor} travels with the first of the bytes. */
    long send(int fd, int descriptor) {
        passed[0] = descriptor;
        MsgHdr.control(message, control, Cmsg.putRights(control, passed, 1));
        return sendMessage(fd);
    }

    private long sendMessage(int fd) {
        MsgHdr.iov(message, vector, count);
        try {
            return Sockets.sendmsg(fd, message, Sockets.MSG_NOSIGNAL | Sockets.MSG_DONTWAIT);
        } finally {
            releaseBuffers();
        }
    }

    /** Calls writev(2); returns how many bytes the kernel took, or -errno. */
    long writev(int fd) {
        try {
            return Descriptors.writev(fd, vector, count);
        } finally {
            releaseBuffers();
        }
    }

    /** Releases the buffers. The kernel has read from their addresses, so they and this object had to be reachable until now. */
    private void releaseBuffers() {
        Arrays.fill(held, 0, count, null);
        Reference.reachabilityFence(this);
    }

    @Override
    public void close() {
        region.close();
    }
}
