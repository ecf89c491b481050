package io.chagres.address;

/** The families of IP addresses. */
public enum Family {

    /** AF_INET, ip(7). */
    IPV4,
    /** AF_INET6, ipv6(7). */
    IPV6
}
