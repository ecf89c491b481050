/**
 * Code that blocks beside a loop: futures of its requests, for virtual threads and platform threads other than the loop's.
 *
 * <pre>
 *     a virtual thread                                the loop thread
 *
 *     Futures.connect  ---- task ------------------&gt;  Socket.connect
 *     await            &lt;--- completes the future ---  onConnect, onError
 *     out.write        ---- task, a copy ----------&gt;  socket.write          {@link io.chagres.stream.Writable#outputStream()}
 *     in.read          &lt;--- a chunk ---------------   readable              {@link io.chagres.stream.Readable#inputStream()}
 * </pre>
 *
 * <p>The rules:
 *
 * <ul>
 *   <li>A socket belongs to the loop thread. Other threads use it through {@link io.chagres.blocking.Futures} and through its two streams.
 *   <li>Each wait ends: by the result, by the error, by a limit, by an interrupt, or by the close of the loop.
 *   <li>A wait that is given up leaves nothing behind: no connection, no listener, no descriptor.
 *   <li>A wait on the loop thread for what only this thread can do is refused with EDEADLK.
 * </ul>
 *
 * <p>Read {@link io.chagres.blocking.Futures} first.
 *
 * @since 0.2.0
 */
@NullMarked
package io.chagres.blocking;

import org.jspecify.annotations.NullMarked;
