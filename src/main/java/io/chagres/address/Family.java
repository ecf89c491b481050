package io.chagres.address;

/** A family of IP addresses. */
public enum Family {

    /** IPv4 addresses of 4 bytes: AF_INET, ip(7). */
    IPV4,
    /** IPv6 addresses of 16 bytes: AF_INET6, ipv6(7). */
    IPV6
}
