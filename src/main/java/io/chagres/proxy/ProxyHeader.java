package io.chagres.proxy;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A header of the PROXY protocol: the ends of the client's connection to a balancer. It is immutable; any thread may use it.
 *
 * <p>A server gets one from {@code Socket.proxyHeader()}, or parses it with a {@link ProxyHeaderParser}. A proxy makes one and sends
 * it first on each connection to its target:
 *
 * <pre>{@code
 * ProxyHeader header = ProxyHeader.of(client.remoteAddress(), client.localAddress());
 * Socket target = Net.connect(loop, ConnectOptions.to("10.0.0.9", 80).proxyHeader(header));
 * }</pre>
 *
 * @see <a href="https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt">The PROXY protocol, versions 1 and 2</a>
 */
@CheckReturnValue
public final class ProxyHeader {

    /** The reason of the balancer to connect. */
    public enum Command {
        /** The balancer itself is the client, for a health check: the connection's own addresses count. */
        LOCAL,
        /** The balancer forwards the connection of a client. */
        PROXY
    }

    /** The protocol and the address family of the client's connection. */
    public enum Transport {
        /** Unknown to the balancer: the connection's own addresses count. In version 1 this is UNKNOWN. */
        UNSPEC(0x00, 0),
        /** TCP over IPv4. */
        TCP4(0x11, 12),
        /** UDP over IPv4; not in version 1. */
        UDP4(0x12, 12),
        /** TCP over IPv6. */
        TCP6(0x21, 36),
        /** UDP over IPv6; not in version 1. */
        UDP6(0x22, 36),
        /** A Unix socket that is a stream; not in version 1. */
        UNIX_STREAM(0x31, 216),
        /** A Unix socket of datagrams; not in version 1. */
        UNIX_DGRAM(0x32, 216);

        /** The byte of version 2: the family in the high half, the protocol in the low half. */
        final int code;
        /** The number of bytes that two addresses of this kind have in version 2. */
        final int addressBytes;

        Transport(int code, int addressBytes) {
            this.code = code;
            this.addressBytes = addressBytes;
        }

        boolean isUnix() {
            return this == UNIX_STREAM || this == UNIX_DGRAM;
        }
    }

    private static final int MAX_PATH = 108;
    private static final int MAPPED_ZEROS = 10;
    private static final int MAPPED_BYTES = 12;

    private final int version;
    private final Command command;
    private final Transport transport;
    private final Route route;
    private final List<Tlv> tlvs;

    ProxyHeader(int version, Command command, Transport transport, Route route, List<Tlv> tlvs) {
        this.version = version;
        this.command = command;
        this.transport = transport;
        this.route = route;
        this.tlvs = tlvs;
    }

    // ---- making one

    /**
     * Returns the header of a client's TCP connection, of version 2.
     *
     * <p>Two IPv4 addresses, or IPv6 addresses that stand for them (::ffff:192.0.2.7), make a TCP4 header. If only one of them is of
     * IPv4, it is written in the form of IPv6. Zones are not sent: they mean nothing to another machine.
     *
     * @param source the address of the client
     * @param destination the address that the client has connected to
     * @throws UsageException EINVAL if an argument is null, as the addresses of a Unix socket are
     */
    public static ProxyHeader of(SocketAddress source, SocketAddress destination) {
        UsageException.requireArgument(source, "source");
        UsageException.requireArgument(destination, "destination");
        boolean areFour = Stream.of(source, destination).allMatch(ProxyHeader::isFour);
        return new ProxyHeader(
                2,
                Command.PROXY,
                areFour ? Transport.TCP4 : Transport.TCP6,
                Route.of(convert(source, areFour), convert(destination, areFour)),
                List.of());
    }

    private static boolean isFour(SocketAddress address) {
        byte[] ip = address.ip();
        boolean isMapped = ip.length > MAPPED_BYTES
                && Arrays.equals(ip, 0, MAPPED_ZEROS, new byte[MAPPED_ZEROS], 0, MAPPED_ZEROS)
                && ip[MAPPED_ZEROS] == -1
                && ip[MAPPED_ZEROS + 1] == -1;
        return isMapped || !address.isIPv6();
    }

    private static SocketAddress convert(SocketAddress address, boolean toFour) {
        byte[] ip = address.ip();
        if (toFour && address.isIPv6()) {
            ip = Arrays.copyOfRange(ip, MAPPED_BYTES, ip.length);
        } else if (!toFour && !address.isIPv6()) {
            byte[] mapped = new byte[MAPPED_BYTES + ip.length];
            Arrays.fill(mapped, MAPPED_ZEROS, MAPPED_BYTES, (byte) -1);
            System.arraycopy(ip, 0, mapped, MAPPED_BYTES, ip.length);
            ip = mapped;
        }
        return SocketAddress.of(ip, 0, address.port());
    }

    /**
     * Returns the header of a client's connection over a Unix socket, of version 2. Version 1 sends it as UNKNOWN.
     *
     * @param source the path of the client's socket, often empty; or, after a NUL, a name of the abstract namespace
     * @param destination the path that the client has connected to
     * @throws UsageException ERR_OUT_OF_RANGE if a path has more than 108 bytes
     */
    public static ProxyHeader ofPaths(String source, String destination) {
        requirePath(source, "source");
        requirePath(destination, "destination");
        Route route = Route.ofPaths(source, destination);
        return new ProxyHeader(2, Command.PROXY, Transport.UNIX_STREAM, route, List.of());
    }

    private static void requirePath(String path, String name) {
        int length = UsageException.requireArgument(path, name).getBytes(StandardCharsets.UTF_8).length;
        UsageException.requireRange(length, 0, MAX_PATH, name + ".length");
    }

    /** Returns the header of a connection that the sender makes for itself, a health check for example, of version 2. */
    public static ProxyHeader local() {
        return new ProxyHeader(2, Command.LOCAL, Transport.UNSPEC, Route.NONE, List.of());
    }

    /** Returns a copy with one more value at its end. Values are sent in version 2 only. */
    public ProxyHeader withTlv(Tlv tlv) {
        List<Tlv> more = Stream.concat(tlvs.stream(), Stream.of(UsageException.requireArgument(tlv, "tlv")))
                .toList();
        return new ProxyHeader(version, command, transport, route, more);
    }

    /** Returns a copy that is sent with its checksum, a {@link Tlv#CRC32C}: the receiver refuses it if a bit has changed. */
    public ProxyHeader withChecksum() {
        return tlv(Tlv.CRC32C) != null ? this : withTlv(Tlv.of(Tlv.CRC32C, new byte[Tlv.CRC32C_BYTES]));
    }

    /**
     * Returns a copy that {@link #encode()} writes in that version.
     *
     * @param version 1 or 2
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public ProxyHeader withVersion(int version) {
        UsageException.requireRange(version, 1, 2, "version");
        return new ProxyHeader(version, command, transport, route, tlvs);
    }

    // ---- its parts

    /** Returns 1 or 2: the version that it was received in, or is sent in. */
    public int version() {
        return version;
    }

    /** Returns the command. In version 1 it is always PROXY. */
    public Command command() {
        return command;
    }

    /** Returns the transport. */
    public Transport transport() {
        return transport;
    }

    /**
     * Returns whether it says who the client is. If not, it is a LOCAL, UNSPEC or UNKNOWN header, and the addresses of the connection
     * itself count.
     */
    public boolean namesClient() {
        return route != Route.NONE;
    }

    /** Returns the address of the client; null if it is not an IP address. */
    public @Nullable SocketAddress source() {
        return route.source();
    }

    /** Returns the address that the client has connected to; null if it is not an IP address. */
    public @Nullable SocketAddress destination() {
        return route.destination();
    }

    /** Returns the path of the client's Unix socket, often empty; null over IP. */
    public @Nullable String sourcePath() {
        return route.sourcePath();
    }

    /** Returns the path of the Unix socket that the client has connected to; null over IP. */
    public @Nullable String destinationPath() {
        return route.destinationPath();
    }

    /** Returns all values of version 2, in their order. */
    public List<Tlv> tlvs() {
        return tlvs;
    }

    /** Returns the first value of that type; null if there is none. */
    public @Nullable Tlv tlv(int type) {
        return find(tlvs, type);
    }

    static @Nullable Tlv find(List<Tlv> tlvs, int type) {
        return tlvs.stream().filter(tlv -> tlv.type() == type).findFirst().orElse(null);
    }

    /** Returns the name of the host that the client has asked for, {@link Tlv#AUTHORITY}; null if it was not sent. */
    public @Nullable String authority() {
        return text(Tlv.AUTHORITY);
    }

    /** Returns the protocol above TCP, {@link Tlv#ALPN}; null if it was not sent. */
    public @Nullable String alpn() {
        return text(Tlv.ALPN);
    }

    private @Nullable String text(int type) {
        Tlv found = tlv(type);
        return found == null ? null : found.text();
    }

    /** Returns the identifier of the connection, {@link Tlv#UNIQUE_ID}; null if it was not sent. */
    public byte @Nullable [] uniqueId() {
        Tlv found = tlv(Tlv.UNIQUE_ID);
        return found == null ? null : found.value();
    }

    /**
     * Returns the facts about the client's TLS, {@link Tlv#SSL}; null if they were not sent.
     *
     * @throws ChagresException ERR_PROXY_HEADER_MALFORMED if {@link #withTlv} has added a value of this type that is no such facts; a
     *     header that was received has none
     */
    public @Nullable SslTlv ssl() {
        Tlv found = tlv(Tlv.SSL);
        return found == null ? null : SslTlv.parse(found);
    }

    // ---- bytes

    /** Returns the bytes to send, in the {@link #version()} of this header. */
    public ByteBuffer encode() {
        return version == 1 ? encodeV1() : encodeV2();
    }

    /** Returns the line of version 1. It has no values, and is "PROXY UNKNOWN" unless the transport is TCP4 or TCP6. */
    public ByteBuffer encodeV1() {
        return TextForm.encode(this);
    }

    /**
     * Returns the bytes of version 2. A {@link Tlv#CRC32C} gets the checksum of these bytes.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if all values together have more than some 65,500 bytes
     */
    public ByteBuffer encodeV2() {
        return BinaryForm.encode(this);
    }

    Route route() {
        return route;
    }

    /** Returns whether {@code object} has the same parts. */
    @Override
    public boolean equals(Object object) {
        return object instanceof ProxyHeader other
                && version == other.version
                && command == other.command
                && transport == other.transport
                && route.equals(other.route)
                && tlvs.equals(other.tlvs);
    }

    @Override
    public int hashCode() {
        return Objects.hash(version, command, transport, route, tlvs);
    }

    /** Returns its parts: "ProxyHeader (version 2, TCP4, 192.0.2.7:51234 -> 203.0.113.1:443, AUTHORITY example.org)". */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "ProxyHeader (", ")");
        text.add("version " + version);
        text.add(command == Command.LOCAL ? "LOCAL" : transport.name());
        if (namesClient()) {
            text.add(route.toString());
        }
        tlvs.forEach(tlv -> text.add(tlv.toString()));
        return text.toString();
    }
}
