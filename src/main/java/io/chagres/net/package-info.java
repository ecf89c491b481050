/**
 * Servers and connections: Node's net module, on top of the handles of {@link io.chagres.socket} and the streams of {@link
 * io.chagres.stream}.
 *
 * <pre>
 *     {@link io.chagres.net.Server}, {@link io.chagres.net.Socket}      Node's lib/net.js
 *        |
 *     {@link io.chagres.socket.Tcp}, {@link io.chagres.socket.Pipe}           libuv's src/unix/tcp.c and pipe.c
 * </pre>
 *
 * Read {@link io.chagres.net.Socket} first, then {@link io.chagres.net.Server} and {@link io.chagres.net.Net}. A socket is a {@link
 * io.chagres.stream.Duplex}: {@code Connection} is its source and sink while it is connected, {@code ClientState} and {@code Opening}
 * connect it, {@code SocketSettings} keeps what its user has set.
 *
 * <h2>A server</h2>
 *
 * socket(2), bind(2) and listen(2) happen inside {@link io.chagres.net.Server#listen(int)}; the listening event comes on a tick. When
 * the listening socket is readable, accept4(2) takes one connection, and the connection event hands it out as a socket. The socket is
 * being read already, unless the server pauses on connect.
 *
 * <p>A server listens on a port, on a Unix socket, or on a handle or descriptor that was bound elsewhere. Several servers can share
 * the work of one place:
 * <ul>
 * <li>each with its own socket (SO_REUSEPORT);
 * <li>all with the same socket, passed on with a {@link io.chagres.socket.Pipe};
 * <li>one server accepts, and deals the connections out to others, which {@link io.chagres.net.Server#adopt} them.
 * </ul>
 *
 * <p>Connections beyond a maximum are dropped ({@link io.chagres.net.Server#setMaxConnections}), or left in the backlog ({@link
 * io.chagres.net.Server#pauseAccepting}). A {@link io.chagres.address.BlockList} rejects addresses. Behind a load balancer, a connection
 * begins with a header of the PROXY protocol, and becomes a socket once the header is complete: {@link io.chagres.net.ProxyProtocol}.
 *
 * <h2>A client</h2>
 *
 * {@link io.chagres.net.Net#connect(io.chagres.loop.Loop, int, String)} makes a socket and connects it. In two steps these are
 * the constructor of {@link io.chagres.net.Socket} and its connect, which may be called again after each close. {@link
 * io.chagres.net.SocketOptions} are the options of the socket, for all its connections; {@link io.chagres.net.ConnectOptions} those of
 * one connect. A connect takes these steps, each with its events:
 *
 * <pre>
 *     lookup        a name becomes addresses, on a thread for lookups or by a function of the user's
 *     attempts      one address after the other, families in turns, each but the last with its time (happy eyeballs);
 *                   or the path of a Unix socket, or a handle or descriptor that is there already
 *     connect       settings are applied, bytes and an end that were written meanwhile are sent
 *     ready         and it is read
 * </pre>
 *
 * <p>A signal aborts it at any step, and a block list keeps it from addresses. Arrived bytes are a chunk of the loop's slab for data
 * listeners, or they are in one buffer that a {@link io.chagres.net.BufferReader} is lent. The chapter of {@link
 * io.chagres.stream} says what callers and receivers may do with a buffer, and when. Options are immutable values: each
 * setter returns a changed copy. A {@link io.chagres.address.BlockList} and an {@link
 * io.chagres.stream.AbortSignal} are not values: they are asked each time they are needed.
 *
 * <h2>The end of a connection</h2>
 *
 * When the peer has ended (FIN) and all bytes it sent were consumed, the socket emits its end. Unless it may stay half open, it
 * ends itself a tick later: written bytes are sent, then its own FIN. When both sides have ended it is destroyed: the
 * descriptor is closed at once, and the close event comes from the closing phase. A reset (RST) or any other error destroys
 * it at once: error, then close.
 *
 * <p>A server that is closed emits its close when it does not listen any more and the last of its sockets is destroyed. A graceful exit
 * is therefore: close the server, and let the loop run until nothing is left. {@link io.chagres.net.Server#close(java.time.Duration)}
 * gives the clients that would stay on a grace period: idle connections are ended at once, the others after their answer, and
 * connections that are open after the period are destroyed.
 *
 * @see <a href="https://nodejs.org/api/net.html">Node: net</a>
 * @since 0.1.0
 */
@NullMarked
package io.chagres.net;

import org.jspecify.annotations.NullMarked;
