package io.chagres.net;

import io.chagres.loop.UsageException;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;

/**
 * An IP address and a port.
 *
 * @param address the address, which is kept in its shortest form, "127.0.0.1" or "::1"; an IPv6 one may carry a zone
 * @param port 0 to 65535; 0 lets the kernel choose where a socket is bound
 * @see <a href="https://nodejs.org/api/net.html#class-netsocketaddress">net.SocketAddress</a>
 */
public record SocketAddress(String address, int port) {

    private static final int MOST_PORTS = 65535;

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

    /** @throws UsageException EINVAL where it is of another family, as that of a socket pair */
    static SocketAddress read(MemorySegment memory) {
        int family = SockAddr.family(memory);
        boolean six = family == Sockets.AF_INET6;
        if (!six && family != Sockets.AF_INET) {
            throw new UsageException("EINVAL", "no IP address, but one of family " + family);
        }
        String zone = six ? Zone.suffix(SockAddr.scopeId(memory)) : "";
        return new SocketAddress(Ip.format(SockAddr.ip(memory)) + zone, SockAddr.port(memory));
    }

    /** Itself; a link-local address without a zone with that of the first interface which has such an address. */
    SocketAddress withZone() {
        if (!isLinkLocal() || Ip.zone(address) != null) {
            return this;
        }
        return new SocketAddress(address + Zone.suffix(Zone.firstLinkLocal()), port);
    }

    /** Whether it is of fe80::/10. */
    private boolean isLinkLocal() {
        return address.startsWith("fe") && "89ab".indexOf(address.charAt(2)) >= 0;
    }

    /** "127.0.0.1:80" or "[::1]:80". */
    @Override
    public String toString() {
        return isIPv6() ? "[" + address + "]:" + port : address + ":" + port;
    }
}
