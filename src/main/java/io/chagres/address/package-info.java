/**
 * IP addresses, lists of them, and lookups.
 *
 * <p>A {@link io.chagres.address.SocketAddress} is a value: the bytes of the address, its zone and a port. It is parsed if a person typed
 * it, and never again between a lookup and connect(2). A {@link io.chagres.address.BlockList} says which addresses are refused.
 *
 * <pre>
 *     {@link io.chagres.address.Lookup}     a name becomes addresses, or an address a name: getaddrinfo(3), getnameinfo(3)
 *        |             on a worker thread of {@link io.chagres.handle.Work}; the callback runs on the loop's
 *     {@link io.chagres.address.HostLookup} a function of the user in its place, as in Node
 * </pre>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/dns.html">libuv: DNS utility functions</a>
 * @see <a href="https://nodejs.org/api/net.html#class-netblocklist">Node.js: net.BlockList, net.SocketAddress</a>
 */
package io.chagres.address;
