package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Buffers;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Region;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The transport of a descriptor that is no socket: a FIFO, an end of a pipe(7), a terminal.
 *
 * <p>Only read(2) and write(2) exist for these, and they have no MSG_DONTWAIT. They could block if another process that shares the
 * open file description removes O_NONBLOCK. A call that may block must not lend the Java heap to the kernel: the garbage collector
 * would wait for it. So the bytes of heap buffers, and of arenas that can be closed, pass through native memory of the loop.
 *
 * <p>A write to a pipe that no process reads fails with EPIPE. The SIGPIPE that comes with it goes to the JVM, which ignores it.
 */
final class FileTransport extends Transport implements AutoCloseable {

    /** The default capacity of a pipe, pipe(7): "Pipe capacity". */
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

    /** A file or device takes all bytes of a write, and a long write would hold the loop. */
    @Override
    int maxBytesPerWrite() {
        return SIZE;
    }

    /** Does nothing: there is no such call. The reader sees the end when the descriptor is closed. */
    @Override
    int shutdown(int fd) {
        return 0;
    }

    @Override
    public void close() {
        region.close();
    }
}
