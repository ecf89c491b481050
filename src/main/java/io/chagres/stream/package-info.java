/**
 * Streams of bytes, as in Node: events, buffers, back-pressure, an end. A stream does not know sockets. A subclass says where its bytes
 * come from and where they go.
 *
 * <pre>
 *     {@link io.chagres.stream.Duplex}     what users see: data, end, write callbacks, drain, finish, error, close
 *        | push       | doWrite, doFinal
 *     a subclass: {@code net.Socket}, or one of the user
 * </pre>
 *
 * <p>Read {@link io.chagres.stream.Readable} and {@link io.chagres.stream.Writable} first, then {@link io.chagres.stream.Duplex}. A user
 * of sockets needs no more.
 *
 * <h2>Duplex</h2>
 *
 * {@link io.chagres.stream.Readable} and {@link io.chagres.stream.Writable} are the two sides of one object: a socket, or a stream that a
 * user makes, of both directions or of one. The order of its events is fixed:
 *
 * <ul>
 *   <li>{@code data}, as the bytes arrive. {@code end}, once, a tick after the last byte was consumed.
 *   <li>The callbacks of writes, in the order of the writes. {@code drain}, when a write has returned false and everything has been
 *       written. {@code prefinish}, when the sink has ended, and {@code finish} a tick after it.
 *   <li>{@code error}, on a tick, at most once. {@code close}, always, once and last.
 * </ul>
 *
 * <p>A stream with a construct step ({@link io.chagres.stream.Duplex#constructWith}) reads, writes, ends and closes nothing before
 * the step has completed. Without autoDestroy an error is emitted alone: nothing new begins then, and the user destroys the stream.
 *
 * <p>Calls that add a listener or set something return the object, so that they chain. Calls that remove a listener, cork and uncork
 * return nothing. {@link io.chagres.stream.Readable#pipe} returns the destination, so that pipes chain.
 *
 * <h2>Reading</h2>
 *
 * There are five ways to read, and they can be used in turn: data listeners; text listeners; {@code readable} and {@link
 * io.chagres.stream.Readable#read(int)}, for a protocol that says how many bytes come next; a pipe; an InputStream, for a thread that
 * waits. A stream is in one of four states:
 *
 * <pre>
 *     undecided  --- onData, resume, pipe ---&gt;  flowing  --- pause, a full pipe ---&gt;  paused
 *         |                                        ^                                   |
 *         |                                        +-------- resume, a drain ----------+
 *         +------- onReadable ---&gt;  read by hand, until the last such listener is removed
 * </pre>
 *
 * A pipe couples two streams that may end apart. {@link io.chagres.stream.Streams#pipeline} makes several succeed or fail as one.
 * {@link io.chagres.stream.Streams#finished} calls back when a stream has ended, finished and closed. {@link
 * io.chagres.stream.Streams#publisher} and {@link io.chagres.stream.Streams#subscriber} connect a stream to libraries of reactive streams.
 *
 * <h2>Who owns the bytes</h2>
 *
 * <b>Position and limit belong to the caller.</b> They are read during the call that hands a buffer in, never after it has returned,
 * and they are not moved. Some buffers are kept: a queued write, a chunk that waits. Some go to a second receiver: two data listeners,
 * a listener beside a pipe, the data listeners beside {@link io.chagres.stream.Readable#read()}. In these cases the stream makes a view
 * during the call, which is another object over the same bytes. So a caller may move, decode, slice and clear a buffer as soon as the
 * call has returned, and so may each receiver. A view is made only if it is needed. A write that the kernel takes whole during the call,
 * a chunk with one receiver and a piped chunk need none.
 *
 * <p><b>The bytes belong to the stream until the write's callback.</b> Until then they must not change, and an {@link
 * java.lang.foreign.Arena} that they are in must stay open. Heap and direct memory is kept reachable as long as the write is queued.
 * An arena is held during each system call, so that closing it then throws IllegalStateException, as with the channels of the JDK.
 * If an arena is closed between two calls, before all bytes are sent, the write fails with EFAULT, whose cause is an
 * IllegalStateException. A write of an arena that is closed already throws that exception at the call. In no case are bytes of other
 * memory sent.
 *
 * <p><b>The bytes of a chunk belong to its data listeners.</b> A listener may keep them, and write them elsewhere, without a copy: the
 * chunk of a socket is a piece of a slab, and no piece is used twice. If only pipes and text listeners receive a chunk, it is lent to
 * them, and the same memory serves the next read: a pipe between sockets makes no garbage. A buffer that is read-only cannot be read
 * into. It is refused with a {@link io.chagres.UsageException}.
 *
 * @see <a href="https://nodejs.org/api/stream.html">Node: stream</a>
 * @since 0.1.0
 */
@NullMarked
package io.chagres.stream;

import org.jspecify.annotations.NullMarked;
