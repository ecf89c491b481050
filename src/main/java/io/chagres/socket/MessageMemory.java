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

/** Where recvmsg(2) puts the bytes and descriptors of a message; one for all streams of a loop. */
final class MessageMemory implements AutoCloseable {

    private static final int SIZE = 64 * 1024;

    private final Region region = Region.shared(MsgHdr.BYTES, IoVec.BYTES, Cmsg.space(Cmsg.MAX_FDS), SIZE);
    private final MemorySegment message = region.allocate(MsgHdr.BYTES);
    private final MemorySegment vector = region.allocate(IoVec.BYTES);
    /** Room for as many descriptors as a message can have: the kernel closes those that find none. */
    private final MemorySegment control = region.allocate(Cmsg.space(Cmsg.MAX_FDS));

    private final int[] descriptors = new int[(int) control.byteSize() / Integer.BYTES];
    private final MemorySegment bytes = region.allocate(SIZE);
    private final ByteBuffer view = bytes.asByteBuffer();

    int mostDescriptors() {
        return descriptors.length;
    }

    /** Prepares for a message that goes into {@code buffer}; memory that does not stay is filled by {@link #copyTo}. */
    void prepare(ByteBuffer buffer) {
        if (Buffers.stays(buffer)) {
            IoVec.set(vector, 0, MemorySegment.ofBuffer(buffer), buffer.remaining());
        } else {
            IoVec.set(vector, 0, bytes, Math.min(buffer.remaining(), SIZE));
        }
        MsgHdr.iov(message, vector, 1);
        MsgHdr.control(message, control, control.byteSize());
    }

    /** recvmsg(2) into {@code buffer}, for which it was prepared: both are reachable until the kernel has written. */
    long receive(int fd, ByteBuffer buffer) {
        try {
            return Sockets.recvmsg(fd, message, Sockets.MSG_DONTWAIT | Sockets.MSG_CMSG_CLOEXEC);
        } finally {
            Reference.reachabilityFence(buffer);
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Moves the descriptors of the message to {@code received}, and closes those that it has no room for, and those whose numbers
     * are left to others.
     *
     * @return false if there were too many
     */
    boolean takeDescriptors(ReceivedDescriptors received, SpareDescriptor spare) {
        int count = Cmsg.rights(message, control, descriptors);
        boolean tooMany = false;
        for (int i = 0; i < count; i++) {
            if (received.isFull()) {
                tooMany = true;
                Descriptors.close(descriptors[i]);
            } else if (spare.isLeftToOthers(descriptors[i])) {
                Descriptors.close(descriptors[i]);
            } else {
                received.add(descriptors[i]);
            }
        }
        return !tooMany;
    }

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
