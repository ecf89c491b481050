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
 * Sends the buffers of several queued writes with one sendmsg(2) or writev(2). The kernel gets addresses: bytes that the collector
 * can move, or that an arena can free, are copied into memory of this object first, as far as they fit. A buffer whose address
 * is passed is kept reachable until the call has returned.
 */
final class Gather implements AutoCloseable {

    /** As many as one call takes: IOV_MAX. */
    private static final int MOST_BUFFERS = 1024;

    private static final int COPY_SIZE = 64 * 1024;

    private final Region region =
            Region.shared(MsgHdr.BYTES, (long) MOST_BUFFERS * IoVec.BYTES, COPY_SIZE, Cmsg.space(1));
    private final MemorySegment message = region.allocate(MsgHdr.BYTES);
    private final MemorySegment vector = region.allocate((long) MOST_BUFFERS * IoVec.BYTES);
    private final MemorySegment copies = region.allocate(COPY_SIZE);
    private final MemorySegment control = region.allocate(Cmsg.space(1));
    private final int[] passed = new int[1];
    private final ByteBuffer copyView = copies.asByteBuffer();
    /** The buffers that the vector points to. */
    private final ByteBuffer[] held = new ByteBuffer[MOST_BUFFERS];

    private int count;
    private long room;
    private long total;

    private Gather() {
        MsgHdr.iov(message, vector, 0);
    }

    static Gather of(LoopCore core) {
        return core.local(Gather.class, Gather::new);
    }

    /** Empties it, for at most {@code room} bytes. */
    void clear(long room) {
        Arrays.fill(held, 0, count, null);
        count = 0;
        total = 0;
        this.room = room;
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

    /**
     * Adds what {@code buffer} has left; false where not all of it fits.
     *
     * @throws IllegalStateException if the arena of the buffer is closed
     * @throws WrongThreadException if it is confined to another thread
     */
    boolean add(ByteBuffer buffer) {
        if (count == MOST_BUFFERS || total == room) {
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
        try {
            return Sockets.sendmsg(fd, message, Sockets.MSG_NOSIGNAL | Sockets.MSG_DONTWAIT);
        } finally {
            letGo();
        }
    }

    /** writev(2): how many of the bytes the kernel took, or -errno. */
    long writev(int fd) {
        try {
            return Descriptors.writev(fd, vector, count);
        } finally {
            letGo();
        }
    }

    /** The kernel has read what the addresses point to: this object and what it holds had to be reachable until now. */
    private void letGo() {
        Arrays.fill(held, 0, count, null);
        Reference.reachabilityFence(this);
    }

    @Override
    public void close() {
        region.close();
    }
}
