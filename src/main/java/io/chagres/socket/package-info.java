/**
 * Sockets and pipes as the kernel has them, on the loop: what libuv calls streams.
 *
 * <pre>
 *     {@link io.chagres.socket.Tcp}, {@link io.chagres.socket.Pipe}     libuv's src/unix/tcp.c and pipe.c
 *        |
 *     {@link io.chagres.socket.StreamHandle}  reads, write requests, shutdown, accept      libuv's src/unix/stream.c
 *        |                |
 *     recv(2)          send(2), sendmsg(2), shutdown(2), accept4(2)       of what is no socket: read(2), write(2), writev(2)
 * </pre>
 *
 * The socket on the loop. It is made of a {@code ReadLoop}, a {@code WriteQueue} and, where it listens, an {@code Acceptor},
 * each with its bound on the work per event. A write is tried at once; what the kernel does not take is queued, and
 * queued writes go together in one system call. Each request completes exactly once, never inside the call that made it, in
 * the order in which they were made; a call that throws made none.
 *
 * <p>Who does not read learns of nothing, unless he asks to hear when the peer goes ({@link
 * io.chagres.socket.StreamHandle#watchPeer}); and a listener can rest ({@link io.chagres.socket.StreamHandle#pauseAccepting}).
 *
 * <p>How bytes pass between it and its descriptor is a {@code Transport}'s: one for sockets, one for FIFOs and terminals, and
 * one for the sockets of an {@link io.chagres.socket.IpcStream}, over which descriptors come and go besides.
 *
 * <h2>Options</h2>
 *
 * {@link io.chagres.socket.SocketOption} lists what can be set on a {@link io.chagres.socket.Tcp}, and {@link
 * io.chagres.socket.TcpInfo} is what the kernel knows of it. An option that is set before there is a socket is kept, with its value,
 * until there is one. To notice a peer that has vanished takes two of them: keep-alive while the connection is idle, and
 * TCP_USER_TIMEOUT while data is unacknowledged, when the kernel sends no probes.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/stream.html">uv_stream_t</a>
 */
package io.chagres.socket;
