/**
 * IP addresses, lists of addresses, and lookups.
 *
 * <p>A {@link io.chagres.address.SocketAddress} is a value: the bytes of the address, its zone and a port. Text is
 * parsed when a person has typed it. Between a lookup and connect(2) nothing is parsed. A {@link
 * io.chagres.address.BlockList} says which addresses a server refuses.
 *
 * <pre>
 *     {@link io.chagres.address.Lookup}     a name becomes addresses, or an address a name: getaddrinfo(3), getnameinfo(3)
 *        |             on a thread that is kept for lookups; the callback runs on the thread of the loop
 *     {@link io.chagres.address.HostLookup} a function of the user that replaces the lookup, as in Node
 * </pre>
 *
 * <p>Read {@link io.chagres.address.SocketAddress} first, then {@link io.chagres.address.Lookup} and {@link
 * io.chagres.address.BlockList}.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/dns.html">libuv: DNS utility functions</a>
 * @see <a href="https://nodejs.org/api/net.html#class-netblocklist">Node.js: net.BlockList, net.SocketAddress</a>
 * @since 0.2.0
 */
@NullMarked
package io.chagres.address;

import org.jspecify.annotations.NullMarked;
