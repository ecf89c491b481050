package io.chagres.net;

import io.chagres.loop.UsageException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** Where a socket reads to that has no data events, and whom that is lent; any number of sockets share one. */
record LentBuffer(Supplier<ByteBuffer> buffers, BufferReader reader) {

    LentBuffer {
        UsageException.requireArgument(buffers, "buffers");
        UsageException.requireArgument(reader, "reader");
    }

    /** The same buffer for each read. */
    static LentBuffer of(ByteBuffer buffer, BufferReader reader) {
        if (!UsageException.requireArgument(buffer, "buffer").hasRemaining() || buffer.isReadOnly()) {
            throw new UsageException("ERR_INVALID_ARG_VALUE",
                "The property 'options.onRead.buffer' is invalid: it must be writable and have room to read into. Received " + buffer);
        }
        return new LentBuffer(() -> buffer, reader);
    }
}
