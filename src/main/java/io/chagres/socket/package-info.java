/**
 * Sockets and pipes of the kernel on a loop: the streams of libuv. This floor makes the system calls. The floor above it, {@code
 * io.chagres.stream} and {@code io.chagres.net}, adds Node's events, back-pressure and connection attempts.
 *
 * <pre>
 *     {@link io.chagres.socket.Tcp}, {@link io.chagres.socket.Pipe}     libuv's src/unix/tcp.c and pipe.c
 *        |
 *     {@link io.chagres.socket.StreamHandle}  reads, write requests, shutdown, accept      libuv's src/unix/stream.c
 *        |                |
 *     recv(2)          send(2), sendmsg(2), shutdown(2), accept4(2)       if it is no socket: read(2), write(2), writev(2)
 * </pre>
 *
 * <h2>Rules</h2>
 *
 * <ul>
 *   <li>Each request (a connect, a write, a shutdown) completes exactly once, and never inside the call that made it. Requests complete
 *       in the order in which they were made. If the call throws, the request was never made.
 *   <li>A write is tried at once. The bytes that the kernel does not take are queued, and the queued writes go together in one
 *       system call.
 *   <li>The work per event is bounded, so that no peer holds the loop: a {@code ReadLoop} reads at most 32 times, a {@code WriteQueue}
 *       makes at most 32 calls, and an {@code Acceptor} accepts one connection.
 *   <li>A stream that is not read notices nothing of its peer, unless a listener {@linkplain
 *       io.chagres.socket.StreamHandle#watchPeer watches the peer}.
 *   <li>A handle that listens can {@linkplain io.chagres.socket.SocketHandle#pauseAccepting pause}: connections then wait in the
 *       kernel's backlog.
 * </ul>
 *
 * <p>A {@code Transport} moves the bytes between the memory of the caller and the descriptor. There is one for sockets, one for FIFOs and
 * terminals, and one for a {@link io.chagres.socket.Pipe} that sends and receives descriptors besides bytes.
 *
 * <h2>Options</h2>
 *
 * {@link io.chagres.socket.SocketOption} lists the options of a socket, and {@link io.chagres.socket.TcpInfo} has the kernel's
 * numbers of a TCP connection. An option that is set before a {@link io.chagres.socket.Tcp} has a socket is kept, and applied when the
 * socket is made. Two options together detect a peer that has vanished: KEEP_ALIVE while the connection is idle, and TCP_USER_TIMEOUT
 * while data is unacknowledged. In that state the kernel sends no probes.
 *
 * <h2>Where to begin</h2>
 *
 * {@link io.chagres.socket.StreamHandle} has the requests and the events of a stream, {@link io.chagres.socket.Tcp} the calls of a
 * socket in the order of its life, and {@code WriteQueue} shows how a write becomes system calls and a callback.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/stream.html">uv_stream_t</a>
 * @since 0.2.0
 */
@NullMarked
package io.chagres.socket;

import org.jspecify.annotations.NullMarked;
