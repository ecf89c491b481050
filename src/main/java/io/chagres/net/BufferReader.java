package io.chagres.net;

import java.nio.ByteBuffer;

/**
 * Reads arrived bytes from a buffer that is lent to it until it returns: Node's onread.
 *
 * <pre>{@code
 * BufferReader reader = (socket, buffer, count) -> {
 *     total += count;
 *     return true;
 * };
 * SocketOptions.defaults().onRead(ByteBuffer.allocateDirect(64 * 1024), reader);
 * }</pre>
 *
 * @see SocketOptions#onRead(ByteBuffer, BufferReader)
 * @see ServerOptions#onRead(ByteBuffer, BufferReader)
 */
@FunctionalInterface
public interface BufferReader {

    /**
     * Is called with arrived bytes, which are in {@code buffer} from its position on. The reader may move the position and the limit: each
     * read begins where the first one did.
     *
     * @param count the number of bytes, 1 or more
     * @return whether to continue to read; if false, the reader is not called again before {@link Socket#resume()}
     */
    boolean onRead(Socket socket, ByteBuffer buffer, int count);
}
