package io.chagres.net;

import io.chagres.loop.UsageException;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * An IP address and a port.
 *
 * @param address the address, which is kept in its shortest form, "127.0.0.1" or "::1"; an IPv6 one may carry a zone
 * @param port 0 to 65535; 0 lets the kernel choose where a socket is bound
 * @see <a href="https://nodejs.org/api/net.html#class-netsocketaddress">net.SocketAddress</a>
 */
public record SocketAddress(String address, int port) {

    private static final int MOST_PORTS = 65535;
    private static final int MOST_PORT_DIGITS = 5;
    private static final int MOST_PORT_BITS = 16;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]+");

    /** @throws UsageException ERR_INVALID_ADDRESS where {@code address} is no IP address; ERR_SOCKET_BAD_PORT */
    public SocketAddress {
        if (address == null || Ip.version(address) == 0) {
            throw new UsageException("ERR_INVALID_ADDRESS", "Invalid IP address: " + address);
        }
        address = Ip.shortest(address);
        requirePort(port, "port");
    }

    /** Throws ERR_SOCKET_BAD_PORT, with Node's text, unless {@code port} is one. */
    static int requirePort(int port, String name) {
        if (port < 0 || port > MOST_PORTS) {
            throw new UsageException("ERR_SOCKET_BAD_PORT",
                name + " should be >= 0 and < 65536. Received " + port + ".");
        }
        return port;
    }

    static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /**
     * The port that {@code text} is, a decimal number or a hexadecimal one behind 0x; -1 if it is no number.
     *
     * @throws UsageException ERR_SOCKET_BAD_PORT if it is a number and no port
     */
    static int portIn(String text) {
        if (text == null || !isNumber(text)) {
            return -1;
        }
        BigInteger number = text.length() > 1 && (text.charAt(1) | 0x20) == 'x'
            ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
        if (number.bitLength() > MOST_PORT_BITS) {
            throw new UsageException("ERR_SOCKET_BAD_PORT", "port should be >= 0 and < 65536. Received '" + text + "'.");
        }
        return number.intValue();
    }

    /**
     * What {@link #toString} writes, and what else an address and a port can be written as in a URL: "1.2.3.4", "1.2.3.4:80",
     * "[::1]:80", also "0x7f.1" and the other forms of inet_aton(3); what stands before an @ is passed over. Without a port, that
     * is 0.
     *
     * @return null where {@code text} is none of these
     * @see <a href="https://nodejs.org/api/net.html#socketaddressparseinput">SocketAddress.parse</a>
     */
    public static SocketAddress parse(String text) {
        String host = UsageException.requireArgument(text, "text").substring(text.lastIndexOf('@') + 1);
        boolean six = host.startsWith("[");
        int hostEnd = six ? host.indexOf(']') + 1 : host.indexOf(':') < 0 ? host.length() : host.indexOf(':');
        String address = six && hostEnd > 0 ? host.substring(1, hostEnd - 1) : lenient(host.substring(0, hostEnd));
        int port = parsePort(host.substring(hostEnd));
        boolean valid = address != null && Ip.version(address) == (six ? 6 : 4) && port >= 0;
        return valid ? new SocketAddress(address, port) : null;
    }

    private static String lenient(String address) {
        byte[] ip = LenientIPv4.parse(address);
        return ip == null ? null : Ip.format(ip);
    }

    /** The port of ":80", 0 of nothing, -1 of anything else. */
    private static int parsePort(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        int port = text.charAt(0) == ':' ? Ip.number(text.substring(1), 10, MOST_PORT_DIGITS) : -1;
        return port <= MOST_PORTS ? port : -1;
    }

    /** "IPv4" or "IPv6". */
    public String family() {
        return isIPv6() ? "IPv6" : "IPv4";
    }

    boolean isIPv6() {
        return address.indexOf(':') >= 0;
    }

    int kernelFamily() {
        return isIPv6() ? Sockets.AF_INET6 : Sockets.AF_INET;
    }

    /** Puts the sockaddr into {@code memory}; its length. */
    int write(MemorySegment memory) {
        byte[] ip = Ip.parse(address);
        return isIPv6()
            ? SockAddr.putInet6(memory, ip, port, 0, Zone.index(Ip.zone(address)))
            : SockAddr.putInet(memory, ip, port);
    }

    /** @throws UsageException EAFNOSUPPORT where it is of another family, as that of a socket pair */
    static SocketAddress read(MemorySegment memory) {
        SocketAddress address = readIfAny(memory);
        if (address == null) {
            throw new UsageException("EAFNOSUPPORT", "no IP address, but one of family " + SockAddr.family(memory));
        }
        return address;
    }

    /** As {@link #read}; null if it is of another family. */
    static SocketAddress readIfAny(MemorySegment memory) {
        int family = SockAddr.family(memory);
        boolean six = family == Sockets.AF_INET6;
        if (!six && family != Sockets.AF_INET) {
            return null;
        }
        String zone = six ? Zone.suffix(SockAddr.scopeId(memory)) : "";
        return new SocketAddress(Ip.format(SockAddr.ip(memory)) + zone, SockAddr.port(memory));
    }

    /** Itself; a link-local address without a zone with that of the first interface which has such an address. */
    SocketAddress withZone() {
        if (!Ip.isLinkLocal(address) || Ip.zone(address) != null) {
            return this;
        }
        return new SocketAddress(address + Zone.suffix(Zone.firstLinkLocal()), port);
    }

    /** "127.0.0.1:80" or "[::1]:80". */
    @Override
    public String toString() {
        return isIPv6() ? "[" + address + "]:" + port : address + ":" + port;
    }
}
