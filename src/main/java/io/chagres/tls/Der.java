package io.chagres.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over elements in DER: as much of it as the headers of private keys need. Malformed bytes are an IllegalArgumentException.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-X.690">X.690: ASN.1 encoding rules</a>
 */
final class Der {

    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    private static final int T61_STRING = 0x14;
    static final int CONTEXT_0 = 0xa0;

    private final byte[] bytes;
    private final int end;
    private int at;

    private Der(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    static Der of(byte[] bytes) {
        return new Der(bytes, 0, bytes.length);
    }

    /** Returns a cursor over the content of the next element, and moves behind that element. */
    Der enter(int tag) {
        if (at >= end || (bytes[at] & 0xff) != tag) {
            throw new IllegalArgumentException("no element " + Integer.toHexString(tag) + " at " + at);
        }
        return next();
    }

    boolean hasMore() {
        return at < end;
    }

    void skip() {
        next();
    }

    private Der next() {
        at++;
        int length = octet();
        if (length >= 0x80) {
            int octets = length & 0x7f;
            length = 0;
            if (octets == 0 || octets > 3) {
                throw new IllegalArgumentException("a length of " + octets + " octets");
            }
            for (int i = 0; i < octets; i++) {
                length = length << 8 | octet();
            }
        }
        if (length > end - at) {
            throw new IllegalArgumentException("an element ends behind the one around it");
        }
        at += length;
        return new Der(bytes, at - length, at);
    }

    private int octet() {
        if (at >= end) {
            throw new IllegalArgumentException("it ends early");
        }
        return bytes[at++] & 0xff;
    }

    /** Returns the bytes from here to the end of the element. */
    byte[] rest() {
        return Arrays.copyOfRange(bytes, at, end);
    }

    /** Returns the next element, a string of any kind but BMPString. */
    String text() {
        boolean isLatin = (bytes[at] & 0xff) == T61_STRING;
        return new String(next().rest(), isLatin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    /** Returns the next element, an object identifier, as in "1.2.840.10045.2.1". */
    String objectIdentifier() {
        Der value = enter(OBJECT_IDENTIFIER);
        StringBuilder text = new StringBuilder();
        while (value.at < value.end) {
            long arc = value.arc();
            if (text.isEmpty()) {
                long first = Math.min(arc / 40, 2);
                text.append(first).append('.').append(arc - 40 * first);
            } else {
                text.append('.').append(arc);
            }
        }
        return text.toString();
    }

    private long arc() {
        long arc = 0;
        int octet;
        do {
            octet = octet();
            arc = arc << 7 | octet & 0x7f;
        } while (octet >= 0x80);
        return arc;
    }

    static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int octets = (39 - Integer.numberOfLeadingZeros(content.length)) / 8;
        if (content.length >= 0x80) {
            out.write(0x80 | octets); // the JDK refuses a length that is longer than need be
        }
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
            out.write(content.length >> shift);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
