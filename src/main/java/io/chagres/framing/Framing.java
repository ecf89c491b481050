package io.chagres.framing;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.ChagresException;
import io.chagres.UsageException;
import java.nio.ByteBuffer;

/**
 * The way in which a protocol marks the borders of its frames. A {@link FrameReader} cuts a stream with it.
 *
 * <ul>
 *   <li>{@link #lines}: a frame ends with LF or CRLF. Text protocols: SMTP, Redis, memcached, a chat.
 *   <li>{@link #delimiter}: a frame ends with a sequence of bytes. The head of an HTTP request, or text that ends with a zero byte.
 *   <li>{@link #length}: a prefix of 1, 2, 4 or 8 bytes has the length of the frame. Most binary protocols.
 *   <li>{@link #varint}: the same with a prefix of variable length. Protocol Buffers.
 *   <li>{@link #fixed}: all frames have one length. Records, or a part of a protocol whose length is known.
 * </ul>
 *
 * <p>A frame is handed on without its prefix, delimiter or line end. It may be empty, except with {@code fixed}.
 *
 * <p>Each kind but {@code fixed} has a maximum length, because the peer may be hostile: it limits the memory that a connection can take.
 * It counts the bytes of the frame that are handed on. A frame that is longer destroys the stream with ERR_FRAME_TOO_LONG, as soon as
 * that is known: a prefix that promises too much is refused before a byte of the frame has arrived.
 *
 * <p>A framing is immutable and has no state. One object can serve all connections of all threads.
 *
 * <pre>{@code
 * private static final Framing HEADER = Framing.lines(1024);
 * private static final Framing MESSAGES = Framing.length(4, 1 << 20);
 * }</pre>
 */
@CheckReturnValue
public abstract sealed class Framing permits LineFraming, DelimiterFraming, LengthFraming, VarintFraming, FixedFraming {

    /** The maximum of a maximum length, and of a fixed length: 1 GiB. */
    public static final int MAX_LENGTH = 1 << 30;

    /** The maximum length of a {@linkplain #delimiter delimiter}: 255 bytes. */
    public static final int MAX_DELIMITER = 255;

    Framing() {}

    /**
     * Returns the framing of lines. A line ends with LF (10), or with CR (13) and LF. The frame is the line without its end. A CR
     * that no LF follows belongs to the line.
     *
     * <p>A last line without LF is not complete: the end of the stream is ERR_FRAME_TRUNCATED then.
     *
     * @param maxLength the maximum length of a line without its end, in bytes: 1 to {@link #MAX_LENGTH}
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public static Framing lines(int maxLength) {
        return new LineFraming(requireMaxLength(maxLength));
    }

    /**
     * Returns the framing of frames that end with {@code delimiter}. The frame ends at the first place where all bytes of the delimiter
     * follow one another.
     *
     * <pre>{@code
     * Framing.delimiter("\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 8192)
     * }</pre>
     *
     * @param delimiter 1 to 255 bytes, which are copied
     * @param maxLength the maximum length of a frame without its delimiter, in bytes: 1 to {@link #MAX_LENGTH}
     * @throws UsageException EINVAL if {@code delimiter} is null; ERR_OUT_OF_RANGE if it is empty or too long, or if {@code maxLength}
     *     is out of range
     */
    public static Framing delimiter(byte[] delimiter, int maxLength) {
        UsageException.requireArgument(delimiter, "delimiter");
        UsageException.requireRange(delimiter.length, 1, MAX_DELIMITER, "delimiter.length");
        return new DelimiterFraming(delimiter.clone(), requireMaxLength(maxLength));
    }

    /**
     * Returns the framing of frames behind a prefix with their length: an unsigned integer in network byte order (big-endian), which does
     * not count the prefix itself.
     *
     * @param prefixBytes the size of the prefix: 1, 2, 4 or 8
     * @param maxLength the maximum length of a frame without its prefix, in bytes: 1 to {@link #MAX_LENGTH}
     * @throws UsageException EINVAL if {@code prefixBytes} is another number; ERR_OUT_OF_RANGE if {@code maxLength} is out of range
     */
    public static Framing length(int prefixBytes, int maxLength) {
        if (prefixBytes != 1 && prefixBytes != 2 && prefixBytes != 4 && prefixBytes != 8) {
            throw new UsageException("EINVAL", "prefixBytes must be 1, 2, 4 or 8. Received " + prefixBytes);
        }
        return new LengthFraming(prefixBytes, requireMaxLength(maxLength));
    }

    /**
     * Returns the framing of frames behind a prefix with their length as a varint of Protocol Buffers (unsigned LEB128): seven bits a byte,
     * the lowest first; the highest bit of a byte says that another one follows.
     *
     * <p>A prefix of more than 32 bits destroys the stream with ERR_FRAME_MALFORMED, and so does one that is not as short as it can be: two
     * forms of one length would let two programs disagree about the same bytes.
     *
     * @param maxLength the maximum length of a frame without its prefix, in bytes: 1 to {@link #MAX_LENGTH}
     * @throws UsageException ERR_OUT_OF_RANGE
     * @see <a href="https://protobuf.dev/programming-guides/encoding/#varints">Protocol Buffers: Base 128 Varints</a>
     */
    public static Framing varint(int maxLength) {
        return new VarintFraming(requireMaxLength(maxLength));
    }

    /**
     * Returns the framing of frames that all have {@code length} bytes.
     *
     * @param length in bytes, 1 to {@link #MAX_LENGTH}
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public static Framing fixed(int length) {
        UsageException.requireRange(length, 1, MAX_LENGTH, "length");
        return new FixedFraming(length);
    }

    private static int requireMaxLength(int maxLength) {
        return (int) UsageException.requireRange(maxLength, 1, MAX_LENGTH, "maxLength");
    }

    /**
     * Looks for the end of the frame that begins at {@code from}.
     *
     * @param bytes in network byte order
     * @param known the number of bytes from {@code from} on that were there at an earlier call, which has not found the end
     * @return the {@link Extent} of the frame, or {@link Extent#NONE} if its end has not arrived
     * @throws ChagresException ERR_FRAME_TOO_LONG, ERR_FRAME_MALFORMED
     */
    abstract long find(ByteBuffer bytes, int from, int limit, int known);

    /**
     * Returns how many bytes of {@code chunk} to put behind the first bytes of a frame, before the next {@link #find}: at least one, and
     * as few as possible beyond the end of the frame.
     *
     * @param partial the first bytes of a frame, up to the position
     * @param chunk has at least one byte
     */
    abstract int wanted(ByteBuffer partial, ByteBuffer chunk);

    static ChagresException tooLong(int maxLength) {
        return new ChagresException(
                "ERR_FRAME_TOO_LONG", "a frame is longer than the maximum of " + maxLength + " bytes");
    }

    /** @param length of the frame; unsigned */
    static ChagresException tooLong(long length, int maxLength) {
        return new ChagresException(
                "ERR_FRAME_TOO_LONG",
                "a frame of " + Long.toUnsignedString(length) + " bytes is longer than the maximum of " + maxLength
                        + " bytes");
    }

    static ChagresException malformed(String reason) {
        return new ChagresException("ERR_FRAME_MALFORMED", "the length of a frame is malformed: " + reason);
    }

    /** Returns whether {@code other} cuts every stream in the same way. */
    @Override
    public final boolean equals(Object other) {
        return other instanceof Framing framing && toString().equals(framing.toString());
    }

    @Override
    public final int hashCode() {
        return toString().hashCode();
    }

    /** Returns the call that makes it, as in "lines(1024)". */
    @Override
    public abstract String toString();
}
