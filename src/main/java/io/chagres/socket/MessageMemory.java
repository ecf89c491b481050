package io.chagres.socket;

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

/** The native memory that recvmsg(2) fills with the bytes and descriptors of a message. All streams of a loop share one. */
final class MessageMemory implements AutoCloseable {

    private static final int SIZE = 64 * 1024;

    private final Region region = Region.shared(MsgHdr.BYTES, IoVec.BYTES, Cmsg.space(Cmsg.MAX_FDS), SIZE);
    private final MemorySegment message = region.allocate(MsgHdr.BYTES);
    private final MemorySegment vector = region.allocate(IoVec.BYTES);
    /** Room for the maximum of descriptors that a message can have: the kernel closes descriptors that do not fit (MSG_CTRUNC). */
    private final MemorySegment control = region.allocate(Cmsg.space(Cmsg.MAX_FDS));

    private final int[] descriptors = new int[(int) control.byteSize() / Integer.BYTES];
    private final MemorySegment bytes = region.allocate(SIZE);
    private final ByteBuffer view = bytes.asByteBuffer();

    int maxDescriptors() {
        return descriptors.length;
    }

    /** Prepares for a message into {@code buffer}. If the memory of {@code buffer} can move, {@link #copyTo} fills it after the call. */
    void prepare(ByteBuffer buffer) {
        if (Buffers.stays(buffer)) {
            IoVec.set(vector, 0, MemorySegment.ofBuffer(buffer), buffer.remaining());
        } else {
            IoVec.set(vector, 0, bytes, Math.min(buffer.remaining(), SIZE));
        }
        MsgHdr.iov(message, vector, 1);
        MsgHdr.control(message, control, control.byteSize());
    }

    /**
     * Calls recvmsg(2), after {@link #prepare} for {@code buffer}; returns how many bytes arrived, or -errno. The kernel has only
     * addresses, so the fences keep both memories reachable until it has written.
     */
    long receive(int fd, ByteBuffer buffer) {
        try {
            return Sockets.recvmsg(fd, message, Sockets.MSG_DONTWAIT | Sockets.MSG_CMSG_CLOEXEC);
        } finally {
            Reference.reachabilityFence(buffer);
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Moves the descriptors of the message to {@code received}. It closes those that {@code received} has no room for, and those
     * whose numbers are reserved for the rest of the process.
     *
     * @return false if {@code received} had no room for one
     */
    boolean takeDescriptors(ReceivedDescriptors received, SpareDescriptor spare) {
        int count = Cmsg.rights(message, control, descriptors);
        boolean tooMany = false;
        for (int i = 0; i < count; i++) {
            if (received.isFull()) {
                tooMany = true;
                Descriptors.close(descriptors[i]);
            } else if (spare.isReserved(descriptors[i])) {
                Descriptors.close(descriptors[i]);
            } else {
                received.add(descriptors[i]);
            }
        }
        return !tooMany;
    }

    /** Copies the first {@code count} bytes of the message to {@code buffer}, unless the kernel has written them there. */
    void copyTo(ByteBuffer buffer, int count) {
        if (!Buffers.stays(buffer)) {
            buffer.put(buffer.position(), view, 0, count);
        }
    }

    @Override
    public void close() {
        region.close();
    }
}
