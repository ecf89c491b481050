package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.handle.Handle;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import io.chagres.sys.Sockets;
import java.nio.ByteBuffer;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes on a loop, usually a socket: it reads, writes and shuts down. This is the part of uv_stream_t that a FIFO or a
 * terminal has too. {@link SocketHandle} adds listening, options and addresses.
 *
 * <p>A stream is active only while it reads, listens, or watches its peer. Pending requests (a connect, writes, a shutdown) keep the
 * loop alive by themselves. Each request completes exactly once, from the pending or poll phase, and never inside the call that made
 * it. If that call throws, the request was never made.
 *
 * <p>All methods are called on the loop thread, except {@link #toString()} and {@link #describeEnds()}, which any thread may call.
 *
 * <pre>{@code
 * stream.readStart(listener);                       // listener.onRead is called with each chunk
 * stream.write(ByteBuffer.wrap(reply), error -> {   // null once the kernel has all bytes
 *     stream.shutdown(done -> stream.close());
 * });
 * }</pre>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/stream.html">uv_stream_t</a>
 */
public abstract sealed class StreamHandle extends Handle permits SocketHandle {

    private final StreamWatcher watcher;
    private @Nullable PeerListener peerListener;
    private @Nullable ReadLoop reads;
    private @Nullable WriteQueue writes;
    private @Nullable Completion connect;
    private @Nullable Completion shutdown;
    private boolean readable;
    private boolean writable;

    StreamHandle(Loop loop) {
        this(loop, EventWatcher.on(loop));
    }

    private StreamHandle(Loop loop, EventWatcher watcher) {
        super(loop);
        this.watcher = watcher;
        watcher.stream = this;
    }

    final LoopCore core() {
        return LoopCore.of(this);
    }

    // ---- the descriptor

    /** Returns the descriptor; -1 before there is one, and once the handle is closed. The handle owns it: it must not be closed. */
    public final int fd() {
        core().checkThread();
        return watcher.fd();
    }

    /**
     * Returns how long the handle has had its descriptor, in milliseconds, within 17 ms; 0 if it has none. The time of a connection that
     * was accepted counts from the accept, that of a client from before its connect.
     */
    public final long ageMillis() {
        core().checkThread();
        return watcher.ageNanos() / 1_000_000;
    }

    /** Takes over {@code fd}, which is non-blocking. */
    final void attach(int fd) {
        watcher.attach(fd);
    }

    /**
     * Takes over {@code fd}, whose open file description other processes may have too. It is non-blocking until the close. If this
     * throws, nothing has changed.
     *
     * @throws UsageException EBUSY if the handle has a descriptor; EEXIST if another handle watches {@code fd}; EINVAL if an ipc pipe
     *     gets a descriptor that is no socket
     * @throws SystemException EBADF
     */
    final void adopt(int fd) {
        if (watcher.fd() >= 0) {
            throw new UsageException("EBUSY", "it has a socket already: " + this);
        }
        int mode = watcher.adopt(fd, core());
        readable = mode != Descriptors.O_WRONLY;
        writable = mode != Descriptors.O_RDONLY;
    }

    /**
     * Closes the handle and leaves the descriptor that it was opened with open: the caller owns it again, in the blocking mode that
     * it had. The file of a Unix socket that listens stays too.
     *
     * @throws UsageException EINVAL if the handle is closed
     */
    public final void giveBack() {
        requireOpen("giveBack");
        watcher.disown();
        close();
    }

    /**
     * Closes the handle and leaves its descriptor open, for a handle of another loop or process that goes on with it. It stays
     * non-blocking, even if it was given to this handle as a blocking one. The file of a Unix socket that listens stays too. Pending
     * requests complete with ECANCELED.
     *
     * @return the descriptor, which the caller owns
     * @throws UsageException EINVAL if the handle is closed; EBADF if it has no descriptor
     */
    public final int detach() {
        requireOpen("detach");
        int fd = watcher.fd();
        if (fd < 0) {
            throw new UsageException("EBADF", "detach of a handle without a descriptor: " + this);
        }
        watcher.leaveNonBlocking();
        giveBack();
        return fd;
    }

    final StreamWatcher watcher() {
        return watcher;
    }

    /** Adds the descriptor, whether the stream connects, and how many bytes wait to be written. */
    @Override
    protected void describe(StringJoiner text) {
        int fd = watcher.fd();
        if (fd >= 0) {
            text.add("fd " + fd);
        }
        if (connect != null) {
            text.add("connecting");
        }
        WriteQueue queued = writes;
        if (queued != null && queued.size() > 0) {
            text.add(queued.size() + " bytes to write");
        }
    }

    @Override
    protected boolean holdsLoop() {
        WriteQueue queued = writes;
        return super.holdsLoop() || connect != null || shutdown != null || queued != null && !queued.isEmpty();
    }

    /** Adds what the stream waits for and, on the loop thread, what the kernel knows of it. */
    @Override
    protected void explain(StringJoiner details) {
        super.explain(details);
        ReadLoop reading = reads;
        if (readable) {
            details.add(reading != null && reading.isReading() ? "reads" : "does not read");
        }
        if (peerListener != null) {
            details.add("watches its peer");
        }
        if (shutdown != null) {
            details.add("shuts down");
        }
        Activity.describe(core(), watcher.fd(), details);
    }

    // ---- errors

    /**
     * Returns the error of a call on the descriptor, as in {@code "read ECONNRESET"}. It names the peer, or the address of a listener,
     * if the handle knows them.
     *
     * @param errno positive or negative
     */
    public final SystemException failure(int errno, String syscall) {
        core().checkThread();
        return SystemException.on(errno, syscall, endsForError());
    }

    /** Returns the ends that an error names: both, or as many as cost little. */
    Endpoints endsForError() {
        return endpoints();
    }

    /** Returns both ends. On another thread than the loop's, and without a socket, it returns the end that is known. */
    abstract Endpoints endpoints();

    /**
     * Returns the addresses of both ends as text, "127.0.0.1:80 -> 127.0.0.1:51234", that of a listener, or as much as is known. Any
     * thread may call it; on another than the loop's it makes no system call.
     */
    public final String describeEnds() {
        return endpoints().toString();
    }

    // ---- connecting

    /** Returns whether a connect is pending. */
    public final boolean isConnecting() {
        core().checkThread();
        return connect != null;
    }

    /** Throws EALREADY if a connect is pending. */
    final void requireNotConnecting() {
        if (connect != null) {
            throw new UsageException("EALREADY", "a connect is pending: " + this);
        }
    }

    /**
     * Takes the result of connect(2), 0 or -errno. The callback is called later in any case, even if the connection is established at
     * once, as on loopback, or refused at once. Any other error throws.
     */
    final void awaitConnect(int result, Completion callback) {
        if (result != 0 && result != -Errno.EINPROGRESS && result != -Errno.ECONNREFUSED) {
            throw failure(result, "connect");
        }
        becomeDuplex();
        if (result == -Errno.ECONNREFUSED) {
            failConnect(Errno.ECONNREFUSED, callback);
        } else {
            beginConnect(callback);
            watcher.add(Epoll.EPOLLOUT);
        }
    }

    /** Begins a connect that has failed with {@code errno} already: the callback gets the error in the pending phase. */
    final void failConnect(int errno, Completion callback) {
        core().pend(() -> finishConnect(errno)); // finds no connect to finish if the next line throws
        beginConnect(callback);
    }

    private void beginConnect(Completion callback) {
        connect = UsageException.requireArgument(callback, "callback");
        core().keepAlive();
    }

    private void connectReady() {
        int error = (int) Sockets.getsockopt(watcher.fd(), Sockets.SOL_SOCKET, Sockets.SO_ERROR);
        if (error != Errno.EINPROGRESS) {
            finishConnect(Math.abs(error));
        }
    }

    private void finishConnect(int errno) {
        Completion callback = connect;
        if (callback == null) {
            return;
        }
        connect = null;
        WriteQueue waiting = writes == null || writes.isFlushed() ? null : writes;
        if (errno != 0 || waiting == null) {
            watcher.remove(Epoll.EPOLLOUT);
        }
        Requests.complete(this, callback, errno, "connect");
        if (isClosing()) {
            return;
        }
        if (errno != 0 && waiting != null) {
            waiting.fail(Errno.ECANCELED);
        } else if (shutdown != null) {
            shutDownWhenWritten();
        }
    }

    // ---- directions

    /** Declares the stream a connection: it can be read and written from now on. */
    final void becomeDuplex() {
        readable = true;
        writable = true;
    }

    /**
     * Returns whether the stream can be read: it is connected or connecting, and no read has failed. The end of the peer does not change
     * the result.
     */
    public final boolean isReadable() {
        core().checkThread();
        return readable && !isClosing();
    }

    /** Returns whether the stream can be written: it is connected or connecting, and was not shut down. */
    public final boolean isWritable() {
        core().checkThread();
        return writable && !isClosing();
    }

    // ---- reading

    /**
     * Starts reading. {@code listener} is called in the poll phase, for at most 32 reads per event. A stream whose peer has ended may be
     * read again, and ends again.
     *
     * @throws UsageException EALREADY if the stream is reading; ENOTCONN if it can't be read; EINVAL if it is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recv.2.html">recv(2)</a>
     */
    public final void readStart(ReadListener listener) {
        requireOpen("readStart");
        UsageException.requireArgument(listener, "listener");
        if (isReading()) {
            throw new UsageException("EALREADY", "it is reading already: " + this);
        }
        if (!readable) {
            throw new UsageException("ENOTCONN", "it can't be read: " + this);
        }
        if (reads == null) {
            reads = new ReadLoop(this);
        }
        reads.start(listener);
        activate();
    }

    /** Stops reading: the listener is not called any more. Calling it again is a no-op. */
    public final void readStop() {
        core().checkThread();
        if (reads != null && reads.isReading()) {
            reads.stop();
            deactivateWhenIdle();
        }
    }

    final boolean isReading() {
        return reads != null && reads.isReading();
    }

    /** Runs, between two reads, everything that follows from the first. */
    final void drainTicks() {
        core().callbacks().drainTicks();
    }

    /** Records that a read has failed, before the listener is called with the error. */
    final void readFailed() {
        readable = false;
        writable = false;
        readStop();
    }

    // ---- writing

    /**
     * Writes the bytes between position and limit of {@code data}, and moves neither. The bytes must not change until {@code callback}
     * is called. Bytes that the kernel does not take at once are queued, without a limit: see {@link #writeQueueSize()}.
     *
     * <p>Position and limit are read during this call only: the caller may move, decode and slice {@code data} as soon as it
     * returns. Memory of an {@link java.lang.foreign.Arena} must stay open until {@code callback}. If the arena is closed earlier,
     * the write fails with EFAULT, whose cause is an IllegalStateException, and never sends other memory. The writes behind it
     * fail with ECANCELED, and the stream is not writable any more.
     *
     * @param callback called in the pending or poll phase, with null or with the error
     * @throws UsageException EINVAL, also for more than 0x7ffff000 bytes, the maximum that the kernel takes in one call; EBADF if the
     *     stream has no descriptor; EPIPE if it can't be written
     * @throws IllegalStateException if the arena of {@code data} is closed
     * @throws WrongThreadException if the arena is confined to another thread
     * @see <a href="https://man7.org/linux/man-pages/man2/send.2.html">send(2)</a>
     */
    public final void write(ByteBuffer data, Completion callback) {
        write(new ByteBuffer[] {UsageException.requireArgument(data, "data")}, callback);
    }

    /**
     * Writes several buffers in order, as {@link #write(ByteBuffer, Completion)} does. It is one request with one callback.
     *
     * @param data at least one buffer
     */
    public final void write(ByteBuffer[] data, Completion callback) {
        core().checkThread();
        enqueue(new WriteRequest(data, callback));
    }

    /** Writes {@code request}, or queues it behind others. */
    final void enqueue(WriteRequest request) {
        requireWritable();
        if (writes == null) {
            writes = new WriteQueue(this);
        }
        writes.add(request, connect == null);
    }

    /**
     * Writes as many bytes of {@code data} as the kernel takes now. Nothing is kept: {@code data} and its memory are the caller's.
     *
     * @return how many bytes the kernel took; 0 if it takes none now, if other writes are queued, and while the stream connects
     * @throws SystemException EPIPE, ECONNRESET and others of send(2)
     * @throws UsageException as {@link #write(ByteBuffer, Completion)}; IllegalStateException and WrongThreadException as well
     */
    public final int tryWrite(ByteBuffer data) {
        WriteRequest.requireSize(UsageException.requireArgument(data, "data").remaining());
        if (mustQueue()) {
            return 0;
        }
        requireWritable();
        return data.hasRemaining() ? Transport.taken(this, watcher.transport().write(watcher.fd(), data)) : 0;
    }

    /** Returns whether a write must wait: for the connect, or behind other writes. */
    final boolean mustQueue() {
        core().checkThread();
        return connect != null || writes != null && writes.size() > 0;
    }

    final void requireWritable() {
        if (watcher.fd() < 0) {
            throw new UsageException("EBADF", "it has no socket: " + this);
        }
        if (!writable) {
            throw new UsageException("EPIPE", "it can't be written: " + this);
        }
    }

    /** Records that a write has failed: nothing more can be written. */
    final void writeFailed() {
        writable = false;
    }

    /** Returns the bytes of queued writes that the kernel has not taken yet. */
    public final long writeQueueSize() {
        core().checkThread();
        return writes == null ? 0 : writes.size();
    }

    final void afterWrites() {
        if (shutdown != null && !isClosing()) {
            shutDownWhenWritten();
        }
    }

    // ---- shutting down

    /**
     * Ends the writing side once all queued writes have completed: the peer then reads an end. Reading goes on. From this call on,
     * nothing more can be written.
     *
     * @param callback called in the pending phase, with null or with the error
     * @throws UsageException ENOTCONN if the stream can't be written: it is not connected, or was shut down before; EINVAL
     * @see <a href="https://man7.org/linux/man-pages/man2/shutdown.2.html">shutdown(2)</a>
     */
    public final void shutdown(Completion callback) {
        core().checkThread();
        UsageException.requireArgument(callback, "callback");
        if (!isWritable()) {
            throw new UsageException("ENOTCONN", "it can't be shut down: " + this);
        }
        // while it connects, waking the watcher would look like success: finishConnect does this instead
        if (connect == null) {
            shutDownWhenWritten();
        }
        writable = false;
        shutdown = callback;
        core().keepAlive();
    }

    /** Returns whether a shutdown is pending. */
    public final boolean isShuttingDown() {
        core().checkThread();
        return shutdown != null;
    }

    private void shutDownWhenWritten() {
        if (writes == null || writes.isEmpty()) {
            core().pend(this::shutDownNow);
        }
    }

    private void shutDownNow() {
        Completion callback = shutdown;
        if (callback != null && !isClosing()) {
            boolean truncated = writes != null && writes.hasLostBytes(); // then the peer must not read an end
            finishShutdown(
                    callback, truncated ? Errno.ECANCELED : -watcher.transport().shutdown(watcher.fd()));
        }
    }

    private void finishShutdown(Completion callback, int errno) {
        shutdown = null;
        Requests.complete(this, callback, errno, "shutdown");
    }

    // ---- the peer

    /**
     * Calls {@code listener} once, when the peer has closed its side or the connection has failed, even if nothing is read: EPOLLRDHUP
     * of epoll_ctl(2). While the stream is read, the call comes after the end or the error of the reading. Until then, or until
     * {@link #unwatchPeer()}, the handle is active. A second call replaces the listener.
     *
     * @throws UsageException ENOTCONN if the stream is neither connected nor connecting; EINVAL if it is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
     */
    public final void watchPeer(PeerListener listener) {
        requireOpen("watchPeer");
        UsageException.requireArgument(listener, "listener");
        if (!readable && !writable) {
            throw new UsageException("ENOTCONN", "it has no peer: " + this);
        }
        peerListener = listener;
        watcher.add(Epoll.EPOLLRDHUP);
        activate();
    }

    /** Stops watching the peer. Calling it again is a no-op. */
    public final void unwatchPeer() {
        core().checkThread();
        if (peerListener != null) {
            peerListener = null;
            watcher.remove(Epoll.EPOLLRDHUP);
            deactivateWhenIdle();
        }
    }

    private void reportPeerGone(boolean failed) {
        if (peerListener != null && !isClosing()) {
            PeerListener listener = peerListener;
            unwatchPeer();
            listener.onPeerGone(failed);
        }
    }

    /** Deactivates the handle if it neither reads nor watches its peer. */
    private void deactivateWhenIdle() {
        if (!isReading() && peerListener == null) {
            deactivate();
        }
    }

    // ---- closing

    @Override
    protected void release() {
        readStop();
        unwatchPeer();
        watcher.close();
    }

    /** Cancels in libuv's order: the connect, the writes from first to last (written ones succeed), the shutdown. */
    @Override
    protected final void cancelRequests() {
        finishConnect(Errno.ECANCELED);
        if (writes != null) {
            writes.fail(Errno.ECANCELED);
            writes.complete();
        }
        if (shutdown != null) {
            finishShutdown(shutdown, Errno.ECANCELED);
        }
    }

    // ---- events

    /** Handles events of epoll_ctl(2). Reading comes before writing, so that the read that finds an end or error reports it. */
    void ready(int events) {
        if (connect != null) {
            connectReady();
            return;
        }
        if ((events & (Epoll.EPOLLIN | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0 && reads != null) {
            reads.ready();
        }
        // the events last: a hang-up with nothing to write is no new path for the compiler
        if (writes != null
                && !writes.isFlushed()
                && (events & (Epoll.EPOLLOUT | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0
                && !isClosing()) {
            writes.flush();
        }
    }

    /**
     * Fails the pending requests and the reading: the kernel can't watch the descriptor. Files and devices such as /dev/null can never
     * be watched (EPERM) and always take more. A write to one of them goes on, each turn with as much as one flush takes.
     */
    void refused(int errno) {
        finishConnect(errno);
        if (reads != null) {
            reads.fail(failure(errno, "epoll_ctl"));
        }
        if (writes != null && !(errno == Errno.EPERM && !isClosing() && writes.tryFlush())) {
            writes.fail(errno);
        }
    }

    private static final class EventWatcher extends StreamWatcher {

        @SuppressWarnings("NullAway.Init") // set by the constructor of the stream
        private StreamHandle stream;

        private EventWatcher(LoopCore core) {
            super(core);
        }

        static EventWatcher on(Loop loop) {
            LoopCore core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
            core.checkThread();
            return new EventWatcher(core);
        }

        /** If the stream is read, all bytes and their end come first: EPOLLRDHUP is reported again until then. */
        @Override
        protected void onReady(int events) {
            stream.ready(events);
            if (stream.peerListener != null
                    && !stream.isReading()
                    && (events & (Epoll.EPOLLRDHUP | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0) {
                stream.reportPeerGone((events & Epoll.EPOLLERR) != 0);
            }
        }

        @Override
        protected void onRefused(int errno) {
            stream.refused(errno);
            stream.reportPeerGone(true);
        }
    }
}
