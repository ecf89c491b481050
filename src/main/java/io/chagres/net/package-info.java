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
 * <h2>A server</h2>
 *
 * socket(2), bind(2) and listen(2) happen inside {@link io.chagres.net.Server#listen(int)}; its listening event comes on a
 * tick. When the listening socket is readable, accept4(2) takes one connection, and the connection event hands it out as
 * a socket, which is being read already unless the server pauses on connect.
 *
 * <p>A server listens on a port; on a Unix socket; on a handle, or a descriptor, that somebody else has bound. Several share the
 * work of one place: each with a socket of its own (SO_REUSEPORT); all with the same one, passed on with {@link
 * io.chagres.socket.Pipe}; or one that accepts, and deals the connections out to others, who {@link io.chagres.net.Server#adopt}
 * them. Connections that are too many are dropped ({@link io.chagres.net.Server#setMaxConnections}) or left in the backlog
 * ({@link io.chagres.net.Server#pauseAccepting}); from whom there shall be none, a {@link io.chagres.address.BlockList} says.
 *
 * <h2>A client</h2>
 *
 * {@link io.chagres.net.Net#connect(io.chagres.loop.Loop, int, String)} makes a socket and connects it; in two steps it is
 * {@link io.chagres.net.Socket} and its connect, which may be called again after each close. {@link io.chagres.net.SocketOptions} are
 * those of the socket, for all its connections; {@link io.chagres.net.ConnectOptions} are those of one connect. A connect takes these
 * steps, each with its events:
 *
 * <pre>
 *     lookup        a name becomes addresses, on a worker thread or by a function of the user's
 *     attempts      one address after the other, families in turns, each but the last with its time (happy eyeballs);
 *                   or the path of a Unix socket, or a handle or descriptor that is there already
 *     connect       what was set is set, what was written and ended meanwhile goes out
 *     ready         and it is read
 * </pre>
 *
 * <p>A signal ends it at any step, and a block list keeps it from addresses. What comes is a chunk of the loop's slab for data
 * listeners; or it is read into one buffer that a {@link io.chagres.net.BufferReader} is lent. The chapter of {@link
 * io.chagres.stream} says what callers and receivers may do with a buffer, and when. Options are immutable values: each
 * setter returns a changed copy. A {@link io.chagres.address.BlockList} and an {@link
 * io.chagres.stream.AbortSignal} are not values: they are asked each time they are needed.
 *
 * <h2>The end of a connection</h2>
 *
 * When the peer has ended (FIN) and all it sent was consumed, the socket tells its end and, unless it may stay half open,
 * ends itself a tick later: what was written goes out, then its own FIN. When both sides are over it is destroyed: the
 * descriptor is closed at once, and the close event comes from the closing phase. A reset (RST) or any other error destroys
 * it at once: error, then close.
 *
 * <p>A server that is closed tells its close when it listens no more and the last of its sockets is gone. To exit gracefully
 * is therefore: close the server, and let the loop run out. Clients that would stay on are given a time of grace
 * ({@link io.chagres.net.Server#close(java.time.Duration)}): those that nothing is under way on are ended at once, the others
 * after their answer, and who is still there when it is over is destroyed.
 *
 * @see <a href="https://nodejs.org/api/net.html">Node: net</a>
 */
package io.chagres.net;
