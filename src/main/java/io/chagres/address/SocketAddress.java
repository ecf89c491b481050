package io.chagres.address;

import io.chagres.UsageException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An IP address and a port: an immutable value.
 *
 * <p>The value holds the bytes of the address, as the kernel does. Text is parsed when an address is made from text,
 * and written when {@link #address()} is called.
 *
 * <pre>{@code
 * new SocketAddress("::1", 80).toString();      // "[::1]:80"
 * SocketAddress.parse("192.0.2.1:80").port();   // 80
 * }</pre>
 *
 * <p>Two addresses are equal if their bytes, their ports and their zones are equal.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netsocketaddress">net.SocketAddress</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/ipv6.7.html">ipv6(7): sin6_scope_id</a>
 */
public final class SocketAddress {

    private static final int MAX_PORT = 65535;
    private static final int MAX_PORT_DIGITS = 5;

    private final byte[] ip;
    private final int scopeId;
    private final int port;
    /**
     * The address in its shortest form; null until {@link #address()} is called. Any thread may write it, always with
     * the same text.
     */
    private @Nullable String text;

    /**
     * Creates an address from text.
     *
     * @param address an IPv4 or IPv6 address, "127.0.0.1" or "::1"; an IPv6 address may have a zone, as in
     *     "fe80::1%eth0"
     * @param port 0 to 65535; 0 lets the kernel choose when a socket is bound
     * @throws UsageException ERR_INVALID_ADDRESS if {@code address} is not an IP address; ERR_SOCKET_BAD_PORT if
     *     {@code port} is out of range
     */
    public SocketAddress(String address, int port) {
        this(bytesOf(address), address, port);
    }

    /** @param ip the bytes of {@code address}, which may have a zone */
    private SocketAddress(byte[] ip, String address, int port) {
        String zone = Ip.zone(address);
        this.ip = ip;
        this.scopeId = Zone.index(zone);
        this.port = requirePort(port, "port");
        this.text = zone == null ? null : Ip.format(ip) + "%" + zone;
    }

    private static byte[] bytesOf(@Nullable String address) {
        byte[] ip = address == null ? null : Ip.bytes(address);
        if (ip == null) {
            throw new UsageException("ERR_INVALID_ADDRESS", "Invalid IP address: " + address);
        }
        return ip;
    }

    private SocketAddress(byte[] ip, int scopeId, int port) {
        this.ip = ip;
        this.scopeId = scopeId;
        this.port = port;
    }

    /**
     * Returns an address of the given bytes.
     *
     * @param ip 4 or 16 bytes in network order, which are copied
     * @param scopeId the index of the interface that a link-local IPv6 address belongs to; 0 for none
     * @param port 0 to 65535
     * @throws UsageException ERR_INVALID_ADDRESS if {@code ip} has another length; ERR_SOCKET_BAD_PORT if {@code
     *     port} is out of range
     */
    public static SocketAddress of(byte[] ip, int scopeId, int port) {
        if (ip == null || ip.length != Ip.IPV4_BYTES && ip.length != Ip.IPV6_BYTES) {
            throw new UsageException("ERR_INVALID_ADDRESS", "Invalid IP address: " + Arrays.toString(ip));
        }
        return new SocketAddress(ip.clone(), ip.length == Ip.IPV4_BYTES ? 0 : scopeId, requirePort(port, "port"));
    }

    /**
     * Returns {@code address} with {@code port}, or null if {@code address} is not an IP address (a name to look up,
     * for instance).
     *
     * @throws UsageException ERR_SOCKET_BAD_PORT if {@code address} is an IP address and {@code port} is out of range
     */
    public static @Nullable SocketAddress ofLiteral(@Nullable String address, int port) {
        if (address == null) {
            return null;
        }
        byte[] bytes = Ip.bytes(address);
        return bytes == null ? null : new SocketAddress(bytes, address, port);
    }

    /**
     * Returns {@code port} if it is 0 to 65535.
     *
     * @param name the name of the parameter, for the message
     * @throws UsageException ERR_SOCKET_BAD_PORT, with Node's text, if {@code port} is out of range
     */
    public static int requirePort(int port, String name) {
        if (port < 0 || port > MAX_PORT) {
            throw new UsageException(
                    "ERR_SOCKET_BAD_PORT", name + " should be >= 0 and < 65536. Received " + port + ".");
        }
        return port;
    }

    /**
     * Returns the address and the port that {@code text} denotes.
     *
     * <p>It accepts the text of {@link #toString} and the other forms that a URL may have: "1.2.3.4", "1.2.3.4:80",
     * "[::1]:80", also "0x7f.1" and the other forms of inet_aton(3). Text in front of an @ is ignored. If there is no
     * port, the port is 0.
     *
     * @return null if {@code text} has none of these forms
     * @see <a href="https://nodejs.org/api/net.html#socketaddressparseinput">SocketAddress.parse</a>
     */
    public static @Nullable SocketAddress parse(String text) {
        String host = UsageException.requireArgument(text, "text").substring(text.lastIndexOf('@') + 1);
        boolean six = host.startsWith("[");
        int hostEnd = six ? host.indexOf(']') + 1 : host.indexOf(':') < 0 ? host.length() : host.indexOf(':');
        int port = parsePort(host.substring(hostEnd));
        if (port < 0) {
            return null;
        }
        if (six) {
            SocketAddress address = hostEnd > 0 ? ofLiteral(host.substring(1, hostEnd - 1), port) : null;
            return address != null && address.isIPv6() ? address : null;
        }
        byte[] four = LenientIPv4.parse(host.substring(0, hostEnd));
        return four == null ? null : new SocketAddress(four, 0, port);
    }

    /** Returns the port of ":80", 0 if {@code text} is empty, and -1 for any other text. */
    private static int parsePort(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        int port = text.charAt(0) == ':' ? Ip.number(text.substring(1), 10, MAX_PORT_DIGITS) : -1;
        return port <= MAX_PORT ? port : -1;
    }

    /**
     * Returns the address in its shortest form, "127.0.0.1" or "::1". A link-local address has its zone, as in
     * "fe80::1%eth0".
     */
    public String address() {
        String known = text;
        if (known == null) {
            known = Ip.format(ip) + Zone.suffix(scopeId);
            text = known;
        }
        return known;
    }

    /** Returns the port, 0 to 65535. */
    public int port() {
        return port;
    }

    /** Returns a copy of the bytes of the address, in network order: 4 for IPv4, 16 for IPv6. */
    public byte[] ip() {
        return ip.clone();
    }

    /**
     * Returns the index of the interface that a link-local IPv6 address belongs to; 0 if the address has no zone, or
     * a zone that this machine lacks.
     */
    public int scopeId() {
        return scopeId;
    }

    /** Returns "IPv4" or "IPv6". */
    public String family() {
        return isIPv6() ? "IPv6" : "IPv4";
    }

    /** Returns whether this is an IPv6 address. */
    public boolean isIPv6() {
        return ip.length == Ip.IPV6_BYTES;
    }

    /** Returns whether this address is in fe80::/10. Such an address names a host only together with a zone. */
    public boolean isLinkLocal() {
        return isIPv6() && (ip[0] & 255) == 0xfe && (ip[1] & 0xc0) == 0x80;
    }

    /**
     * Returns the address that a connect to this address goes to, as uv_tcp_connect does.
     *
     * <p>That is this address, unless it is link-local and has no zone. Then it is the same address with the zone of
     * the first interface that has a link-local address.
     */
    public SocketAddress withZone() {
        return isLinkLocal() && scopeId == 0 && Ip.zone(address()) == null
                ? new SocketAddress(ip, Zone.firstLinkLocal(), port)
                : this;
    }

    /** Returns this address with {@code port}. */
    public SocketAddress withPort(int port) {
        SocketAddress other = new SocketAddress(ip, scopeId, requirePort(port, "port"));
        other.text = text;
        return other;
    }

    /**
     * Returns whether {@code object} is the same address. A zone that this machine lacks has no index: then the texts
     * are compared.
     */
    @Override
    public boolean equals(Object object) {
        return object instanceof SocketAddress other
                && port == other.port
                && scopeId == other.scopeId
                && Arrays.equals(ip, other.ip)
                && (scopeId != 0 || !isLinkLocal() || address().equals(other.address()));
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ip) + port;
    }

    /** Returns "127.0.0.1:80" or "[::1]:80". */
    @Override
    public String toString() {
        return isIPv6() ? "[" + address() + "]:" + port : address() + ":" + port;
    }
}
