package io.chagres.socket;

import io.chagres.sys.Sockets;

/** The traffic class. The kernel has one option for each address family: IP_TOS and IPV6_TCLASS. */
final class TrafficClassOption extends SocketOption<Integer> {

    private static final int MAX = 255;

    TrafficClassOption() {
        super("TRAFFIC_CLASS");
    }

    @Override
    boolean isOfInternet() {
        return true;
    }

    private static boolean isIPv6(int fd) {
        return Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_DOMAIN) == Sockets.AF_INET6;
    }

    @Override
    public void require(Integer value) {
        requireRange(value, 0, MAX);
    }

    @Override
    int write(int fd, Integer value) {
        return isIPv6(fd)
                ? Sockets.setsockopt(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_TCLASS, value)
                : Sockets.setsockopt(fd, Sockets.IPPROTO_IP, Sockets.IP_TOS, value);
    }

    @Override
    Integer read(int fd) {
        return isIPv6(fd)
                ? IntOption.read(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_TCLASS, "IPV6_TCLASS")
                : IntOption.read(fd, Sockets.IPPROTO_IP, Sockets.IP_TOS, "IP_TOS");
    }
}
