package io.chagres.socket;

import io.chagres.SystemException;
import java.nio.ByteBuffer;

/**
 * Who reads a {@link StreamHandle}. All calls come from the poll phase; any of them may stop reading or close the handle,
 * and nothing more comes then.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/stream.html#c.uv_read_start">uv_read_start</a>
 */
public interface ReadListener {

    /**
     * Supplies the buffer for the next read(2), which fills it from its position, at most to its limit, and moves neither.
     * It is asked before each read, also before one that then finds nothing.
     *
     * @param suggestedSize a good size; any other will do
     * @return a buffer that is not used otherwise until the next call; one without room, or null, is reported as ENOBUFS, one of a
     *     closed arena as EFAULT with an IllegalStateException as its cause; one that is read-only stops the reading, and goes to the
     *     loop's uncaught handler as a {@link io.chagres.UsageException} with code EINVAL
     */
    ByteBuffer onAllocate(int suggestedSize);

    /**
     * {@code count} bytes stand at the position of {@code buffer}; 0 where a read found nothing, which is neither an end nor
     * an error and only gives the buffer back.
     */
    void onRead(int count, ByteBuffer buffer);

    /** The peer has ended its side. Reading has stopped; writing may go on. */
    void onEnd();

    /** Reading failed, and has stopped; the stream is neither readable nor writable any more, and not closed. */
    void onError(SystemException error);
}
