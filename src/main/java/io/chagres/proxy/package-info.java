/**
 * The PROXY protocol, versions 1 and 2: the header by which a load balancer names the client of a connection that it forwards.
 *
 * <p>A balancer that forwards bytes makes a connection of its own to the server, so the kernel names the balancer as the peer. With
 * this protocol the balancer sends a header first, before the client's bytes:
 *
 * <pre>
 *     client                      balancer                              server
 *        |  TCP from 192.0.2.7       |  TCP from 10.0.0.2                   |
 *        |--------------------------&gt;|-------------------------------------&gt;|
 *                                    |  PROXY TCP4 192.0.2.7 203.0.113.1 51234 443
 *                                    |  the client's bytes                  |
 * </pre>
 *
 * <p>Version 1 is a line of text. Version 2 is binary, and may have further values ({@link io.chagres.proxy.Tlv}): the name that
 * the client asked for, a checksum, facts about its TLS. A header is a value here: these classes open no connection and belong to no loop.
 * A server that accepts headers has the option {@code io.chagres.net.ServerOptions.proxyProtocol}, and a proxy that sends them
 * {@code io.chagres.net.ConnectOptions.proxyHeader}.
 *
 * <p>Rules of this floor:
 * <ul>
 * <li>The parser is strict. Bytes that the specification forbids are refused, and never repaired.
 * <li>The parser takes no byte behind the header, and keeps no more bytes than the header has.
 * <li>The length of a header is limited before memory is taken for it.
 * </ul>
 *
 * <p>Read {@link io.chagres.proxy.ProxyHeader} first, then {@link io.chagres.proxy.ProxyHeaderParser} and {@link
 * io.chagres.proxy.Tlv}.
 *
 * @see <a href="https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt">The PROXY protocol, versions 1 and 2</a>
 * @since 0.2.0
 */
@NullMarked
package io.chagres.proxy;

import org.jspecify.annotations.NullMarked;
