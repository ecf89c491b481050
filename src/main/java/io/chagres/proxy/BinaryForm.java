package io.chagres.proxy;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.proxy.ProxyHeader.Command;
import io.chagres.proxy.ProxyHeader.Transport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Version 2 of the protocol, in network byte order.
 *
 * <pre>{@code
 *   struct proxy_hdr_v2 {
 *       uint8_t  sig[12];   // SIGNATURE
 *       uint8_t  ver_cmd;   // the version and the command
 *       uint8_t  fam;       // the address family and the protocol
 *       uint16_t len;       // the number of bytes that follow: addresses, then TLVs
 *   };
 * }</pre>
 */
final class BinaryForm {

    static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    static final int HEAD_BYTES = 16;
    static final int VERSION_AND_COMMAND = 12;
    static final int FAMILY = 13;
    static final int LENGTH = 14;

    private static final int VERSION = 0x20;
    private static final int MAX_LENGTH = 0xffff;
    private static final int MAX_FAMILY = 3;
    private static final int MAX_PROTOCOL = 2;
    private static final int PATH_BYTES = 108;
    private static final int LOW_HALF = 0xf;

    private BinaryForm() {}

    // ---- sending

    static ByteBuffer encode(ProxyHeader header) {
        Transport transport = header.transport();
        List<Tlv> tlvs = header.tlvs();
        int length = transport.addressBytes
                + tlvs.stream().mapToInt(Tlv::encodedLength).sum();
        UsageException.requireRange(length, 0, MAX_LENGTH, "the length of the header");
        ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + length);
        bytes.put(SIGNATURE).put((byte) (VERSION | header.command().ordinal())).put((byte) transport.code);
        bytes.putShort((short) length);
        putEnds(header.route(), bytes);
        tlvs.forEach(tlv -> tlv.encode(bytes));
        int checksum = checksumAt(bytes.array(), HEAD_BYTES + transport.addressBytes);
        if (checksum >= 0) {
            bytes.putInt(checksum, checksum(bytes.array(), checksum));
        }
        return bytes.flip();
    }

    private static void putEnds(Route route, ByteBuffer bytes) {
        SocketAddress source = route.source();
        SocketAddress destination = route.destination();
        if (source != null && destination != null) {
            bytes.put(source.ip()).put(destination.ip());
            bytes.putShort((short) source.port()).putShort((short) destination.port());
        } else if (route.sourcePath() != null && route.destinationPath() != null) {
            putPath(route.sourcePath(), bytes);
            putPath(route.destinationPath(), bytes);
        }
    }

    private static void putPath(String path, ByteBuffer bytes) {
        bytes.put(Arrays.copyOf(path.getBytes(StandardCharsets.UTF_8), PATH_BYTES));
    }

    // ---- receiving

    /** Returns the command of byte 13. */
    static Command command(byte versionAndCommand) {
        int value = Byte.toUnsignedInt(versionAndCommand);
        if ((value & ~LOW_HALF) != VERSION) {
            throw Malformed.because("version " + (value >> 4));
        }
        return switch (value & LOW_HALF) {
            case 0 -> Command.LOCAL;
            case 1 -> Command.PROXY;
            default -> throw Malformed.because("command " + (value & LOW_HALF));
        };
    }

    /** Returns the transport of byte 14. A family without a protocol, or the other way round, counts as UNSPEC. */
    static Transport transport(byte familyAndProtocol) {
        int value = Byte.toUnsignedInt(familyAndProtocol);
        if (value >> 4 > MAX_FAMILY || (value & LOW_HALF) > MAX_PROTOCOL) {
            throw Malformed.because("family " + (value >> 4) + ", protocol " + (value & LOW_HALF));
        }
        for (Transport transport : Transport.values()) {
            if (transport.code == value) {
                return transport;
            }
        }
        return Transport.UNSPEC;
    }

    /** Parses a complete header, whose first 16 bytes were checked. */
    static ProxyHeader parse(byte[] header) {
        Command command = command(header[VERSION_AND_COMMAND]);
        Transport transport = transport(header[FAMILY]);
        if (command == Command.LOCAL || transport == Transport.UNSPEC) {
            return new ProxyHeader(2, command, Transport.UNSPEC, Route.NONE, ignorable(header, transport));
        }
        ByteBuffer bytes = ByteBuffer.wrap(header).position(HEAD_BYTES);
        Route route = transport.isUnix() ? paths(bytes) : addresses(bytes, transport.addressBytes / 2 - Short.BYTES);
        List<Tlv> tlvs = Tlv.parseAll(bytes);
        tlvs.stream().filter(tlv -> tlv.type() == Tlv.SSL).forEach(SslTlv::parse);
        requireChecksum(header, tlvs, HEAD_BYTES + transport.addressBytes);
        return new ProxyHeader(2, command, transport, route, tlvs);
    }

    /**
     * Returns the values of a header whose block must be skipped, whatever it has: none unless it is a list of them. A checksum counts if
     * it can be found.
     */
    private static List<Tlv> ignorable(byte[] header, Transport transport) {
        int from = Math.min(HEAD_BYTES + transport.addressBytes, header.length);
        List<Tlv> tlvs;
        try {
            tlvs = Tlv.parseAll(ByteBuffer.wrap(header).position(from));
            tlvs.stream().filter(tlv -> tlv.type() == Tlv.SSL).forEach(SslTlv::parse);
        } catch (ChagresException other) {
            return List.of();
        }
        requireChecksum(header, tlvs, from);
        return tlvs;
    }

    private static Route addresses(ByteBuffer bytes, int ipBytes) {
        byte[] source = new byte[ipBytes];
        byte[] destination = new byte[ipBytes];
        bytes.get(source).get(destination);
        int sourcePort = Short.toUnsignedInt(bytes.getShort());
        int destinationPort = Short.toUnsignedInt(bytes.getShort());
        return Route.of(SocketAddress.of(source, 0, sourcePort), SocketAddress.of(destination, 0, destinationPort));
    }

    private static Route paths(ByteBuffer bytes) {
        return Route.ofPaths(path(bytes), path(bytes));
    }

    /** Reads a sun_path: up to its first NUL, or a name of the abstract namespace, which begins with one. */
    private static String path(ByteBuffer bytes) {
        byte[] path = new byte[PATH_BYTES];
        bytes.get(path);
        int end = path[0] == 0 ? 1 : 0;
        while (end < PATH_BYTES && path[end] != 0) {
            end++;
        }
        return end == 1 && path[0] == 0 ? "" : new String(path, 0, end, StandardCharsets.UTF_8);
    }

    // ---- the checksum

    private static void requireChecksum(byte[] header, List<Tlv> tlvs, int from) {
        long count = tlvs.stream().filter(tlv -> tlv.type() == Tlv.CRC32C).count();
        if (count > 1) {
            throw Malformed.because("several checksums");
        }
        int at = checksumAt(header, from);
        if (at >= 0 && ByteBuffer.wrap(header).getInt(at) != checksum(header, at)) {
            throw Malformed.because("a checksum that does not match");
        }
    }

    /** Returns the offset of the checksum in the values that begin at {@code from}; -1 if there is none. */
    private static int checksumAt(byte[] header, int from) {
        ByteBuffer bytes = ByteBuffer.wrap(header);
        int at = from;
        while (at < header.length) {
            if (header[at] == Tlv.CRC32C) {
                return at + Tlv.HEAD_BYTES;
            }
            at += Tlv.HEAD_BYTES + Short.toUnsignedInt(bytes.getShort(at + 1));
        }
        return -1;
    }

    /** Returns the CRC32C of the header with zeros in place of the checksum at {@code at}. */
    private static int checksum(byte[] header, int at) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, at);
        crc.update(new byte[Tlv.CRC32C_BYTES]);
        crc.update(header, at + Tlv.CRC32C_BYTES, header.length - at - Tlv.CRC32C_BYTES);
        return (int) crc.getValue();
    }
}
