package io.chagres.net;

import io.chagres.sys.Sockets;

/** The families of IP addresses. */
public enum Family {

    /** AF_INET, ip(7). */
    IPV4(Sockets.AF_INET),
    /** AF_INET6, ipv6(7). */
    IPV6(Sockets.AF_INET6);

    final int kernel;

    Family(int kernel) {
        this.kernel = kernel;
    }
}
