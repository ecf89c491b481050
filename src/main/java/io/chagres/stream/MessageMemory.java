package io.chagres.stream;

import io.chagres.sys.Cmsg;
import io.chagres.sys.IoVec;
import io.chagres.sys.Memory;
import io.chagres.sys.MsgHdr;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Where recvmsg(2) puts the bytes and descriptors of a message; one for all streams of a loop. */
final class MessageMemory {

    private static final int SIZE = 64 * 1024;

    private final MemorySegment message = Memory.allocate(MsgHdr.BYTES);
    private final MemorySegment vector = Memory.allocate(IoVec.BYTES);
    /** Room for as many descriptors as a message can have: the kernel closes those that find none. */
    private final MemorySegment control = Memory.allocate(Cmsg.space(Cmsg.MAX_FDS));
    private final int[] descriptors = new int[(int) control.byteSize() / Integer.BYTES];
    private final MemorySegment bytes = Memory.allocate(SIZE);
    private final ByteBuffer view = bytes.asByteBuffer();

    MemorySegment message() {
        return message;
    }

    int mostDescriptors() {
        return descriptors.length;
    }

    /** Prepares for a message that goes into {@code buffer}; a Java array has no address, so the bytes then go by way of here. */
    void prepare(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            IoVec.set(vector, 0, MemorySegment.ofBuffer(buffer), buffer.remaining());
        } else {
            IoVec.set(vector, 0, bytes, Math.min(buffer.remaining(), SIZE));
        }
        MsgHdr.iov(message, vector, 1);
        MsgHdr.control(message, control, control.byteSize());
    }

    void takeDescriptors(ReceivedDescriptors received) {
        int count = Cmsg.rights(message, control, descriptors);
        for (int i = 0; i < count; i++) {
            received.add(descriptors[i]);
        }
    }

    void copyTo(ByteBuffer buffer, int count) {
        if (!buffer.isDirect()) {
            buffer.put(buffer.position(), view, 0, count);
        }
    }
}
