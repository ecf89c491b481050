package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** The read buffer of the user and its reader: Node's onread option. Any number of sockets can share one. */
record LentBuffer(Supplier<ByteBuffer> buffers, BufferReader reader) {

    LentBuffer {
        UsageException.requireArgument(buffers, "buffers");
        UsageException.requireArgument(reader, "reader");
    }

    /**
     * Returns one that has the same buffer for each read, from its present position to its present limit. Both are set again before each
     * read, so a reader can leave them anywhere.
     */
    static LentBuffer of(ByteBuffer buffer, BufferReader reader) {
        if (!UsageException.requireArgument(buffer, "buffer").hasRemaining() || buffer.isReadOnly()) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The property 'options.onRead.buffer' is invalid: it must be writable and have room to read into. Received "
                            + buffer);
        }
        Buffers.requireAccessible(buffer);
        int start = buffer.position();
        int end = buffer.limit();
        return new LentBuffer(() -> buffer.limit(end).position(start), reader);
    }

    /**
     * Returns the buffer for the next read.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if the supplier gave one that is read-only
     */
    ByteBuffer room() {
        ByteBuffer room = buffers.get();
        if (room != null && room.isReadOnly()) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The property 'options.onRead.buffer' is invalid: it must not be read-only. Received " + room);
        }
        return room;
    }
}
