package io.chagres.socket;

import io.chagres.UsageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * The conversion between the names of AF_UNIX sockets and text. A name is bytes to the kernel and UTF-8 here. A byte that is no UTF-8
 * becomes a lone surrogate, U+DC80 to U+DCFF, as Python's surrogateescape (PEP 383) does it. So {@link #encode} restores every name that
 * {@link #decode} has read.
 */
final class UnixName {

    private static final char ESCAPE = '\uDC00';
    private static final char FIRST_ESCAPED = '\uDC80';
    private static final char LAST_ESCAPED = '\uDCFF';

    private UnixName() {}

    /**
     * Returns the bytes of {@code name}.
     *
     * @throws UsageException EINVAL if {@code name} has a lone surrogate that represents no byte
     */
    static byte[] encode(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length());
        int step;
        for (int at = 0; at < name.length(); at += step) {
            int codePoint = name.codePointAt(at);
            step = Character.charCount(codePoint);
            if (codePoint >= FIRST_ESCAPED && codePoint <= LAST_ESCAPED) {
                bytes.write(codePoint - ESCAPE);
            } else if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw new UsageException("EINVAL", "the name has a lone surrogate at index " + at);
            } else {
                bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    /** Returns the text of {@code name}. It never fails. */
    static String decode(byte[] name) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer bytes = ByteBuffer.wrap(name);
        CharBuffer text = CharBuffer.allocate(name.length);
        while (bytes.hasRemaining()) {
            CoderResult result = decoder.decode(bytes, text, true);
            for (int i = 0; result.isMalformed() && i < result.length(); i++) {
                text.put((char) (ESCAPE + Byte.toUnsignedInt(bytes.get())));
            }
        }
        return text.flip().toString();
    }
}
