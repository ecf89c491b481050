package io.chagres.socket;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Errno;
import java.nio.ByteBuffer;

/** The transport of a socket that receives descriptors besides bytes. It reads with recvmsg(2) and keeps the received descriptors. */
final class IpcTransport extends SocketTransport {

    private final MessageMemory memory;
    private final SpareDescriptor spare;
    private final ReceivedDescriptors received = new ReceivedDescriptors();

    IpcTransport(LoopCore core) {
        super(core);
        memory = core.local(MessageMemory.class, MessageMemory::new);
        spare = SpareDescriptor.of(core);
    }

    static IpcTransport on(Loop loop) {
        LoopCore core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
        core.checkThread();
        return new IpcTransport(core);
    }

    ReceivedDescriptors received() {
        return received;
    }

    @Override
    long read(int fd, ByteBuffer buffer) {
        memory.prepare(buffer);
        received.reserve(
                memory.maxDescriptors()); // before the call: an OutOfMemoryError after it would leak descriptors
        long count = memory.receive(fd, buffer);
        if (count > 0) {
            if (!memory.takeDescriptors(received, spare)) {
                return -Errno.ETOOMANYREFS;
            }
            memory.copyTo(buffer, (int) count);
        }
        return count;
    }
}
