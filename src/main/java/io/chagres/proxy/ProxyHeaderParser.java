package io.chagres.proxy;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.proxy.ProxyHeader.Command;
import io.chagres.proxy.ProxyHeader.Transport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses one header of the PROXY protocol, of version 1 or 2, from bytes that may arrive in any pieces.
 *
 * <pre>{@code
 * ProxyHeaderParser parser = new ProxyHeaderParser();
 * ...
 * ProxyHeader header = parser.parse(bytes);   // null: more bytes are needed
 * }</pre>
 *
 * <p>The parser takes bytes up to the last one of the header. The position of the buffer is then at the first byte behind it. A header
 * that is malformed is refused at the first byte that shows it, if possible. A caller that must not read a byte too many reads at
 * most {@link #missing()} bytes at a time.
 *
 * <p>An instance parses one header. It belongs to one thread at a time.
 *
 * @see <a href="https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt">The PROXY protocol, section 2</a>
 */
public final class ProxyHeaderParser {

    /** The maximum length of a header if no other is set, in bytes. */
    public static final int DEFAULT_MAX_LENGTH = 4096;

    /** The minimum of the maximum: 16 bytes, and the paths of two Unix sockets. */
    public static final int MIN_MAX_LENGTH = BinaryForm.HEAD_BYTES + 216;

    /** The maximum of the maximum: 16 bytes, and the greatest length that version 2 can express. */
    public static final int MAX_MAX_LENGTH = BinaryForm.HEAD_BYTES + 0xffff;

    /** "PROXY UNKNOWN" and CRLF, the shortest header: that of version 2 has 16 bytes. */
    private static final int MIN_HEADER = TextForm.UNKNOWN.length() + 2;

    private static final byte[] TEXT_SIGNATURE = {'P', 'R', 'O', 'X', 'Y'};
    private static final int SPACES = 5;

    private final int maxLength;
    private byte[] bytes = new byte[TextForm.MAX_LINE];
    private int count;
    /** The spaces of a line so far. */
    private int spaces;
    /** The length of a header of version 2; at first the smallest that is possible. */
    private int length = BinaryForm.HEAD_BYTES;

    private boolean recognized;
    private boolean complete;
    private @Nullable ChagresException failure;

    /** Creates a parser that accepts headers of up to 4,096 bytes. */
    public ProxyHeaderParser() {
        this(DEFAULT_MAX_LENGTH);
    }

    /**
     * Creates a parser.
     *
     * @param maxLength the maximum length of a header of version 2, in bytes: 232 to 65,551. A line of version 1 has at most 107
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public ProxyHeaderParser(int maxLength) {
        this.maxLength = requireMaxLength(maxLength);
    }

    /**
     * Returns {@code maxLength} if it is in the range that the constructor accepts.
     *
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public static int requireMaxLength(int maxLength) {
        UsageException.requireRange(maxLength, MIN_MAX_LENGTH, MAX_MAX_LENGTH, "maxLength");
        return maxLength;
    }

    /**
     * Takes bytes from the position of {@code data}, at most to the end of the header, and moves the position.
     *
     * @return the header once it is complete; null while bytes are missing
     * @throws ChagresException ERR_PROXY_HEADER_MISSING if the bytes begin no header; ERR_PROXY_HEADER_MALFORMED;
     *     ERR_PROXY_HEADER_TOO_LONG. The next call throws the same error
     * @throws UsageException EINVAL if the header was complete already
     */
    public @Nullable ProxyHeader parse(ByteBuffer data) {
        UsageException.requireArgument(data, "data");
        if (complete) {
            throw new UsageException("EINVAL", "a parser parses one header, and has done so");
        }
        if (failure != null) {
            throw failure;
        }
        try {
            while (data.hasRemaining() && !complete) {
                take(data.get());
            }
            return complete ? header() : null;
        } catch (ChagresException refused) {
            failure = refused;
            throw refused;
        }
    }

    private ProxyHeader header() {
        return isBinary()
                ? BinaryForm.parse(bytes)
                : TextForm.parse(new String(bytes, 0, count - 2, StandardCharsets.ISO_8859_1));
    }

    // ---- its state

    /** Returns how many bytes it has taken. */
    public int taken() {
        return count;
    }

    /** Returns a copy of the bytes that it has taken, to pass them on if they begin no header. */
    public byte[] takenBytes() {
        return Arrays.copyOf(bytes, count);
    }

    /**
     * Returns whether the bytes so far can only be a header, well-formed or not: the signature of a version is complete. While this is
     * false, other bytes may follow that make it no header.
     */
    public boolean isRecognized() {
        return recognized;
    }

    private boolean isBinary() {
        return bytes[0] == BinaryForm.SIGNATURE[0];
    }

    /** Returns how many more bytes the header has at least; 0 once it is complete. */
    public int missing() {
        if (complete) {
            return 0;
        }
        if (isBinary()) {
            return length - count;
        }
        return count < MIN_HEADER ? MIN_HEADER - count : missingOfLine();
    }

    /** Each word that is missing has a space and at least one character. */
    private int missingOfLine() {
        byte last = bytes[count - 1];
        if (isUnknown()) {
            return last == '\r' ? 1 : 2;
        }
        int open = last == ' ' ? 1 : 0;
        return last == '\r' ? 1 : 2 * Math.max(0, SPACES - spaces) + open + 2;
    }

    // ---- a byte

    private void take(byte next) {
        bytes[count++] = next;
        if (!recognized) {
            takeSignature(next);
        } else if (isBinary()) {
            takeBinary(next);
        } else {
            takeText(next);
        }
    }

    private void takeSignature(byte next) {
        byte[] signature = isBinary() ? BinaryForm.SIGNATURE : TEXT_SIGNATURE;
        if (next != signature[count - 1]) {
            throw Malformed.missing();
        }
        recognized = count == signature.length;
    }

    private void takeText(byte next) {
        spaces += next == ' ' ? 1 : 0;
        boolean afterReturn = bytes[count - 2] == '\r';
        if (afterReturn && next == '\n') {
            complete = true;
        } else if ((afterReturn || next == '\n') && !isUnknown()) {
            throw Malformed.because("a CR or LF by itself");
        } else if (count == TextForm.MAX_LINE) {
            throw Malformed.because("no CRLF in " + TextForm.MAX_LINE + " bytes");
        }
    }

    /** Returns whether the line is one whose rest is ignored, up to its CRLF. */
    private boolean isUnknown() {
        int word = TextForm.UNKNOWN.length();
        return count > word
                && bytes[word - 1] == 'N'
                && new String(bytes, 0, word, StandardCharsets.ISO_8859_1).equals(TextForm.UNKNOWN);
    }

    private void takeBinary(byte next) {
        if (count == BinaryForm.VERSION_AND_COMMAND + 1) {
            BinaryForm.command(next);
        } else if (count == BinaryForm.FAMILY + 1) {
            length = BinaryForm.HEAD_BYTES + addressBytes();
        } else if (count == BinaryForm.HEAD_BYTES) {
            takeLength();
        }
        complete = count == length && count >= BinaryForm.HEAD_BYTES;
    }

    /** Returns the number of bytes that the addresses must have at least. */
    private int addressBytes() {
        Command command = BinaryForm.command(bytes[BinaryForm.VERSION_AND_COMMAND]);
        Transport transport = BinaryForm.transport(bytes[BinaryForm.FAMILY]);
        return command == Command.LOCAL ? 0 : transport.addressBytes;
    }

    private void takeLength() {
        int least = length;
        length = BinaryForm.HEAD_BYTES
                + Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(BinaryForm.LENGTH));
        if (length < least) {
            throw Malformed.because("a length of " + (length - BinaryForm.HEAD_BYTES) + " bytes for the addresses");
        }
        if (length > maxLength) {
            throw Malformed.tooLong(length, maxLength);
        }
        bytes = Arrays.copyOf(bytes, length);
    }

    /** Returns its state: "ProxyHeaderParser (7 bytes)". */
    @Override
    public String toString() {
        return "ProxyHeaderParser (" + count + " bytes)";
    }
}
