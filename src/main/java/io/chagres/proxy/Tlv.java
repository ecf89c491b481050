package io.chagres.proxy;

import io.chagres.UsageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A value of a header of version 2 that follows the addresses: a type, a length and bytes. It is immutable.
 *
 * <pre>{@code
 * ProxyHeader header = ProxyHeader.of(client, server).withTlv(Tlv.authority("example.org"));
 * }</pre>
 *
 * <p>The types 0xE0 to 0xEF are free for applications. A receiver ignores a type that it does not know.
 *
 * @see <a href="https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt">The PROXY protocol, section 2.2</a>
 */
public final class Tlv {

    /** The protocol above TCP, as ALPN names it (RFC 7301): "h2". */
    public static final int ALPN = 0x01;
    /** The name of the host that the client has asked for: the server name of TLS (SNI). */
    public static final int AUTHORITY = 0x02;
    /** The checksum of the whole header, see {@link ProxyHeader#withChecksum()}. */
    public static final int CRC32C = 0x03;
    /** Bytes without a meaning, for alignment. */
    public static final int NOOP = 0x04;
    /** Up to 128 bytes that name the connection in the logs of all proxies on its way. */
    public static final int UNIQUE_ID = 0x05;
    /** Facts about the client's TLS, see {@link SslTlv}. */
    public static final int SSL = 0x20;
    /** The name of the network namespace that the balancer has accepted the connection in. */
    public static final int NETNS = 0x30;

    static final int HEAD_BYTES = 3;
    static final int CRC32C_BYTES = 4;
    static final int MAX_UNIQUE_ID = 128;
    private static final int MAX_TYPE = 0xff;
    private static final int MAX_VALUE = 0xffff;

    private final int type;
    private final byte[] value;

    private Tlv(int type, byte[] value) {
        this.type = type;
        this.value = value;
    }

    /**
     * Returns a value of any type.
     *
     * @param type 0 to 255
     * @param value at most 65,535 bytes, which are copied
     * @throws UsageException ERR_OUT_OF_RANGE if {@code type} is out of range, or {@code value} is too long, also for its type: a
     *     UNIQUE_ID has at most 128 bytes, a CRC32C has four
     */
    public static Tlv of(int type, byte[] value) {
        UsageException.requireRange(type, 0, MAX_TYPE, "type");
        UsageException.requireArgument(value, "value");
        UsageException.requireRange(value.length, type == CRC32C ? CRC32C_BYTES : 0, maxLength(type), "value.length");
        return new Tlv(type, value.clone());
    }

    private static int maxLength(int type) {
        return switch (type) {
            case CRC32C -> CRC32C_BYTES;
            case UNIQUE_ID -> MAX_UNIQUE_ID;
            default -> MAX_VALUE;
        };
    }

    /** Returns a value of any type with the UTF-8 bytes of {@code text}, see {@link #of(int, byte[])}. */
    public static Tlv of(int type, String text) {
        return of(type, UsageException.requireArgument(text, "text").getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the name of the protocol above TCP, as ALPN has it: "http/1.1". */
    public static Tlv alpn(String protocol) {
        return of(ALPN, protocol);
    }

    /** Returns the name of the host that the client has asked for. */
    public static Tlv authority(String host) {
        return of(AUTHORITY, host);
    }

    /**
     * Returns an identifier of the connection.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code id} has more than 128 bytes
     */
    public static Tlv uniqueId(byte[] id) {
        return of(UNIQUE_ID, id);
    }

    /** Returns the type, 0 to 255. */
    public int type() {
        return type;
    }

    /** Returns the name of the type in the specification, as in "AUTHORITY"; "0xe1" for a type without a name. */
    public String name() {
        return switch (type) {
            case ALPN -> "ALPN";
            case AUTHORITY -> "AUTHORITY";
            case CRC32C -> "CRC32C";
            case NOOP -> "NOOP";
            case UNIQUE_ID -> "UNIQUE_ID";
            case SSL -> "SSL";
            case NETNS -> "NETNS";
            default -> String.format(Locale.ROOT, "0x%02x", type);
        };
    }

    /** Returns a copy of the bytes. */
    public byte[] value() {
        return value.clone();
    }

    /** Returns the bytes as UTF-8 text. The balancer may have sent any bytes: those that are no UTF-8 become U+FFFD. */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    // ---- bytes

    int encodedLength() {
        return HEAD_BYTES + value.length;
    }

    void encode(ByteBuffer to) {
        to.put((byte) type).putShort((short) value.length).put(value);
    }

    /** Returns the values from the position of {@code bytes} to its limit. */
    static List<Tlv> parseAll(ByteBuffer bytes) {
        List<Tlv> found = new ArrayList<>();
        while (bytes.hasRemaining()) {
            found.add(parse(bytes));
        }
        return List.copyOf(found);
    }

    private static Tlv parse(ByteBuffer bytes) {
        if (bytes.remaining() < HEAD_BYTES) {
            throw Malformed.because(bytes.remaining() + " bytes behind the last TLV");
        }
        int type = Byte.toUnsignedInt(bytes.get());
        int length = Short.toUnsignedInt(bytes.getShort());
        if (length > bytes.remaining()) {
            throw Malformed.because("a TLV of " + length + " bytes with " + bytes.remaining() + " bytes left");
        }
        if (length > maxLength(type) || type == CRC32C && length < CRC32C_BYTES) {
            throw Malformed.because("a TLV of type " + type + " with " + length + " bytes");
        }
        byte[] value = new byte[length];
        bytes.get(value);
        return new Tlv(type, value);
    }

    /** Returns whether {@code object} has the same type and bytes. */
    @Override
    public boolean equals(Object object) {
        return object instanceof Tlv other && type == other.type && Arrays.equals(value, other.value);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(value);
    }

    /** Returns the name and the number of bytes, or the text of a type that has text: "AUTHORITY example.org". */
    @Override
    public String toString() {
        return switch (type) {
            case ALPN, AUTHORITY, NETNS -> name() + " " + printable(text());
            default -> name() + " (" + value.length + " bytes)";
        };
    }

    /** A peer's text must not write control characters into a log. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
