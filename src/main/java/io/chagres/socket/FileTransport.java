package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Buffers;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Region;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * What is no socket: FIFOs, the ends of a pipe(7), terminals. For these there are read(2) and write(2) only, which know no
 * MSG_DONTWAIT: they could block, if somebody who shares the description took O_NONBLOCK away, and a call that may block must
 * not lend the heap to the kernel. So bytes of the heap, and of arenas that can be closed, pass through memory of the loop. A write where nobody reads any more gives
 * EPIPE; the signal that comes with it goes to the JVM, which ignores it.
 */
final class FileTransport extends Transport implements AutoCloseable {

    /** As much as a pipe holds, pipe(7). */
    private static final int SIZE = 64 * 1024;

    private final Region region = Region.shared(SIZE);
    private final MemorySegment memory = region.allocate(SIZE);
    private final ByteBuffer view = memory.asByteBuffer();

    private FileTransport() {}

    static Transport of(LoopCore core) {
        return core.local(FileTransport.class, FileTransport::new);
    }

    @Override
    long read(int fd, ByteBuffer buffer) {
        if (Buffers.stays(buffer)) {
            return Descriptors.read(fd, MemorySegment.ofBuffer(buffer), buffer.remaining());
        }
        long count = Descriptors.read(fd, memory, Math.min(buffer.remaining(), SIZE));
        if (count > 0) {
            buffer.put(buffer.position(), view, 0, (int) count);
        }
        return count;
    }

    @Override
    long write(int fd, ByteBuffer buffer) {
        int length = Math.min(buffer.remaining(), SIZE);
        if (Buffers.stays(buffer)) {
            return Descriptors.write(fd, MemorySegment.ofBuffer(buffer), length);
        }
        view.put(0, buffer, buffer.position(), length);
        return Descriptors.write(fd, memory, length);
    }

    @Override
    long write(int fd, Gather gather) {
        return gather.writev(fd);
    }

    /** A file or device takes all that it is given, and would hold the loop as long as that takes. */
    @Override
    int mostPerWrite() {
        return SIZE;
    }

    /** There is no such call: the other side learns of the end when the descriptor is closed. */
    @Override
    int shutdown(int fd) {
        return 0;
    }

    @Override
    public void close() {
        region.close();
    }
}
