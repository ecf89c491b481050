package io.chagres.net;

import java.nio.ByteBuffer;

/**
 * Reads what comes from a buffer that it is lent until it returns: Node's onread.
 *
 * @see SocketOptions#onRead(ByteBuffer, BufferReader)
 * @see ServerOptions#onRead(ByteBuffer, BufferReader)
 */
@FunctionalInterface
public interface BufferReader {

    /**
     * Bytes have come; they stand in {@code buffer} from its position on, which does not move. The reader may move and decode the
     * buffer: each read begins where the first one did.
     *
     * @param count how many, 1 or more
     * @return whether to go on; where not, nothing comes until {@link Socket#resume()}
     */
    boolean onRead(Socket socket, ByteBuffer buffer, int count);
}
