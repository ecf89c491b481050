/**
 * Streams of bytes as Node has them: events, buffers, back-pressure, an end. A stream knows no socket: it is made of what a subclass
 * reads and writes.
 *
 * <pre>
 *     {@link io.chagres.stream.Duplex}     what users see: data, end, write callbacks, drain, finish, error, close
 *        | push       | doWrite, doFinal
 *     a subclass: {@code net.Socket}, or the user's own
 * </pre>
 *
 * <h2>Duplex</h2>
 *
 * {@link io.chagres.stream.Readable} and {@link io.chagres.stream.Writable} in one object: a socket, or whatever a user makes
 * one of, of both directions or of one. Its order of events is the point of it:
 *
 * <ul>
 *   <li>data, as it comes; end, a tick after the last byte was consumed, once;
 *   <li>write callbacks in order; drain, when a write had answered false and all is through; prefinish, when the sink has
 *       ended, and finish a tick after it;
 *   <li>error, on a tick, at most once; close, always, once and last.
 * </ul>
 *
 * <p>A stream with a construct step ({@link io.chagres.stream.Duplex#constructWith}) reads, writes, ends and closes nothing before
 * the step has completed. Without autoDestroy an error is emitted alone: nothing begins any more, and the user destroys the stream.
 *
 * <p>There are five ways to read, and they may take turns: data listeners, to whom it flows; text, the same decoded; readable and
 * {@link io.chagres.stream.Readable#read(int)}, for who knows how many bytes come next; a pipe; and an InputStream, for a
 * thread that waits.
 *
 * <pre>
 *     nobody has said  --- onData, resume, pipe ---&gt;  flowing  --- pause, a full pipe ---&gt;  paused
 *           |                                            ^                                   |
 *           |                                            +-------- resume, a drain ----------+
 *           +------- onReadable ---&gt;  read by hand, until the last such listener is taken off
 * </pre>
 *
 * A pipe couples two streams that may end apart; {@link io.chagres.stream.Streams#pipeline} makes several succeed or fail as one,
 * and {@link io.chagres.stream.Streams#finished} tells when one is over.
 *
 * <h2>Who owns the bytes</h2>
 *
 * <b>Position and limit belong to the caller.</b> They are read during the call that hands a buffer in, never after it has returned,
 * and they are not moved. What is kept (a queued write, a chunk that waits), and what goes to a second receiver (two data listeners,
 * a listener beside a pipe, the data listeners beside {@link io.chagres.stream.Readable#read()}), is a view that was made during the
 * call: an object of its own over the same bytes. So a caller may move, decode, slice and clear a buffer as soon as the call has
 * returned, and so may each receiver. A view is made only if it is needed: a write that the kernel takes whole during the call, a
 * chunk with one receiver and a piped chunk need none.
 *
 * <p><b>The bytes belong to the stream until the write's callback.</b> Until then they must not change, and an {@link
 * java.lang.foreign.Arena} that they are in must stay open. Heap and direct memory is kept reachable as long as the write is queued.
 * An arena is held during each system call, so that closing it then throws IllegalStateException, as with the channels of the JDK.
 * Closed between two calls, before all bytes are sent, it fails the write with EFAULT, whose cause is an IllegalStateException; a
 * write of an arena that is closed already throws that at the call. In no case are bytes of other memory sent.
 *
 * <p><b>The bytes of a chunk belong to its data listeners.</b> They may be kept, and written elsewhere, without a copy: those of a
 * socket are a piece of a slab that is never used twice. If only pipes and text listeners get them, they
 * are lent, and the same memory serves the next read: a pipe between sockets makes no garbage. Into a buffer that is read-only nothing
 * is read: it is refused with a {@link io.chagres.UsageException}.
 *
 * @see <a href="https://nodejs.org/api/stream.html">Node: stream</a>
 */
package io.chagres.stream;
