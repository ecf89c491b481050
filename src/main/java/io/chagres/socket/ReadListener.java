package io.chagres.socket;

import io.chagres.SystemException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Receives the bytes of a {@link StreamHandle}. All methods are called in the poll phase. Each of them may stop reading or close the
 * handle. No further call follows then.
 *
 * <pre>{@code
 * stream.readStart(new ReadListener() {
 *     private final ByteBuffer memory = ByteBuffer.allocate(65536);
 *
 *     public ByteBuffer onAllocate(int suggestedSize) {
 *         return memory.clear();
 *     }
 *
 *     public void onRead(int count, ByteBuffer buffer) {
 *         parse(buffer.limit(buffer.position() + count));
 *     }
 *
 *     public void onEnd() {
 *         stream.close();
 *     }
 *
 *     public void onError(SystemException error) {
 *         stream.close();
 *     }
 * });
 * }</pre>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/stream.html#c.uv_read_start">uv_read_start</a>
 */
public interface ReadListener {

    /**
     * Supplies the buffer for the next read(2). The read fills the buffer from its position, at most to its limit, and moves neither.
     * This method is called before each read, even if the read then finds no bytes.
     *
     * <p>If the buffer is null or has no room, {@link #onError} is called with ENOBUFS. If its arena is closed, {@code onError} is
     * called with EFAULT, whose cause is an IllegalStateException. If the buffer is read-only, reading stops, and a {@link
     * io.chagres.UsageException} with code EINVAL goes to the loop's uncaught handler.
     *
     * @param suggestedSize a good size in bytes: 65,536. Any other size will do
     * @return a buffer that is not used otherwise until the next call
     */
    @Nullable
    ByteBuffer onAllocate(int suggestedSize);

    /**
     * Called when {@code count} bytes have arrived. They begin at the position of {@code buffer}.
     *
     * @param count how many bytes were read. 0 is neither an end nor an error: the read found no bytes, and the call only returns the
     *     buffer
     * @param buffer the buffer of the last {@link #onAllocate}
     */
    void onRead(int count, ByteBuffer buffer);

    /** Called when the peer has ended its side. Reading has stopped. Writing may go on. */
    void onEnd();

    /**
     * Called when reading has failed. Reading has stopped, and the stream is neither readable nor writable any more. It is still open:
     * the listener closes it. After ENOBUFS, which a buffer without room causes, the stream goes on reading instead.
     *
     * @param error ECONNRESET, ETIMEDOUT and other errors of recv(2) or read(2); ENOBUFS and EFAULT of {@link #onAllocate};
     *     ETOOMANYREFS if an ipc pipe received too many descriptors
     */
    void onError(SystemException error);
}
