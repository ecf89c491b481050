package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import io.chagres.sys.Sockets;
import java.nio.ByteBuffer;
import java.util.StringJoiner;

/**
 * A stream of bytes on a loop, mostly a socket: uv_stream_t. It listens and accepts, or it reads, writes and shuts down; what
 * kind of socket it is, and how it is bound and connected, its subclasses know.
 *
 * <p>It is active only while it reads or listens; writes, a connect and a shutdown under way are requests, and keep the loop
 * alive by themselves. Requests complete from the pending or poll phase, each exactly once, never inside the call that made
 * them; where that call throws, the request was never made.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/stream.html">uv_stream_t</a>
 */
public abstract class StreamHandle extends DescriptorHandle {

    private ReadLoop reads;
    private Acceptor acceptor;
    private WriteQueue writes;
    private Completion connect;
    private Completion shutdown;

    /** A stream without a socket. */
    protected StreamHandle(Loop loop) {
        super(loop);
    }

    // ---- listening

    /**
     * Starts listening; called again, takes the new backlog and listener.
     *
     * @param backlog how many connections the kernel may keep until they are accepted; it cuts it to net.core.somaxconn
     * @param listener hears in the poll phase of each connection, which {@link #accept} then takes. Where nobody takes it, no
     *     further ones are accepted until somebody does
     * @throws SystemException EADDRINUSE, EINVAL and others of listen(2)
     * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>
     */
    protected final void startListening(int backlog, ConnectionListener listener) {
        UsageException.requireArgument(listener, "listener");
        SystemException.check(Sockets.listen(watcher().fd(), backlog), "listen");
        if (acceptor == null) {
            acceptor = new Acceptor(this);
        }
        acceptor.start(listener);
        activate();
    }

    /**
     * Accepts no more connections until {@link #resumeAccepting()}; they wait in the kernel's backlog. One that it has told of
     * can still be taken. It stays active, and keeps the loop alive. Idempotent.
     *
     * @throws UsageException EINVAL where it does not listen
     */
    public final void pauseAccepting() {
        requireListening("pauseAccepting").pause();
    }

    /**
     * Accepts connections again. Idempotent.
     *
     * @throws UsageException EINVAL where it does not listen
     */
    public final void resumeAccepting() {
        requireListening("resumeAccepting").resume();
    }

    private Acceptor requireListening(String call) {
        requireOpen(call);
        if (acceptor == null) {
            throw new UsageException("EINVAL", call + " on a handle that does not listen: " + this);
        }
        return acceptor;
    }

    /**
     * Gives the connection that waits, or the descriptor that has come over an ipc stream, to {@code client}, a stream of the
     * same loop without a socket.
     *
     * @throws UsageException EAGAIN where none waits; EBUSY where {@code client} has a socket: a connection is closed then, a
     *     descriptor stays; EINVAL, also where a descriptor is not of the client's kind: it stays
     */
    public final void accept(StreamHandle client) {
        requireOpen("accept");
        UsageException.requireArgument(client, "client").requireOpen("accept into");
        if (client.core() != core()) {
            throw new UsageException("EINVAL", "the client belongs to another loop: " + client);
        }
        handOver(client);
    }

    /** Gives what waits to a client of the same loop. */
    void handOver(StreamHandle client) {
        if (acceptor == null || !acceptor.hasParked()) {
            throw new UsageException("EAGAIN", "no connection waits to be accepted: " + this);
        }
        acceptor.handOver(client);
        client.becomeDuplex();
        client.onAccepted();
    }

    /** A connection was taken over: the place for options that were set before there was a socket. */
    protected void onAccepted() {}

    /** Whether a descriptor of this kind, which has come over an ipc stream, can be this handle's. */
    protected boolean takes(DescriptorKind kind) {
        return true;
    }

    // ---- connecting

    /** Whether a connect is under way. */
    public final boolean isConnecting() {
        core().checkThread();
        return connect != null;
    }

    /** Adds the descriptor, whether it listens or connects, and how many bytes wait to be written. */
    @Override
    protected void describe(StringJoiner text) {
        super.describe(text);
        if (connect != null) {
            text.add("connecting");
        } else if (acceptor != null) {
            text.add("listening");
        }
        WriteQueue queued = writes;
        if (queued != null && queued.size() > 0) {
            text.add(queued.size() + " bytes to write");
        }
    }

    /**
     * Returns the error of a call on the descriptor: {@code "read ECONNRESET"}. It names the peer, or the address of a listener, if the
     * handle knows them.
     *
     * @param errno positive or negative
     */
    public final SystemException failure(int errno, String syscall) {
        core().checkThread();
        return SystemException.on(errno, syscall, endsForError());
    }

    /** What an error names: both ends, or as much as costs little. */
    Endpoints endsForError() {
        return endpoints();
    }

    /** Both ends; on another thread than the loop's, and without a socket, the one that is known. */
    Endpoints endpoints() {
        return Endpoints.UNKNOWN;
    }

    /**
     * Returns the addresses at both ends as text, "127.0.0.1:80 -> 127.0.0.1:51234", that of a listener, or as much as is known. Any
     * thread; on another than the loop's only what is known without a system call.
     */
    public final String describeEnds() {
        return endpoints().toString();
    }

    /** Throws EALREADY where a connect is under way. */
    protected final void requireNotConnecting() {
        if (connect != null) {
            throw new UsageException("EALREADY", "a connect is under way: " + this);
        }
    }

    /**
     * Takes the result of connect(2), 0 or -errno. Even a connection that stands at once, as on loopback, is told later; a
     * refusal too, whether the kernel knows of it at once or not. Any other error throws.
     */
    protected final void awaitConnect(int result, Completion callback) {
        if (result != 0 && result != -Errno.EINPROGRESS && result != -Errno.ECONNREFUSED) {
            throw failure(result, "connect");
        }
        becomeDuplex();
        if (result == -Errno.ECONNREFUSED) {
            failConnect(Errno.ECONNREFUSED, callback);
        } else {
            beginConnect(callback);
            watcher().add(Epoll.EPOLLOUT);
        }
    }

    /** A connect that has failed already with {@code errno}, which its callback shall tell. */
    protected final void failConnect(int errno, Completion callback) {
        core().pend(() -> finishConnect(errno)); // which finds nothing to finish if the next line throws
        beginConnect(callback);
    }

    private void beginConnect(Completion callback) {
        connect = UsageException.requireArgument(callback, "callback");
        core().hold();
    }

    private void connectReady() {
        int error = (int) Sockets.getsockopt(watcher().fd(), Sockets.SOL_SOCKET, Sockets.SO_ERROR);
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
        boolean hasWrites = writes != null && !writes.isFlushed();
        if (errno != 0 || !hasWrites) {
            watcher().remove(Epoll.EPOLLOUT);
        }
        Requests.complete(this, callback, errno, "connect");
        if (isClosing()) {
            return;
        }
        if (errno != 0 && hasWrites) {
            writes.fail(Errno.ECANCELED);
        } else if (shutdown != null) {
            shutDownWhenWritten();
        }
    }

    // ---- reading

    /**
     * Starts reading; {@code listener} is called from the poll phase. A stream that has ended may be read again, and ends
     * again.
     *
     * @throws UsageException EALREADY where it is reading; ENOTCONN where it can't be read; EINVAL
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

    /** Stops reading: the listener is not called any more. Idempotent. */
    public final void readStop() {
        core().checkThread();
        if (isReading()) {
            reads.stop();
            deactivateWhenIdle();
        }
    }

    @Override
    final boolean isReading() {
        return reads != null && reads.isReading();
    }

    /** Between two reads everything happens that follows from the first. */
    final void drainTicks() {
        core().drainTicks();
    }

    /** A read has failed: state first, and its listener learns it then. */
    void readFailed() {
        readable = false;
        writable = false;
        readStop();
    }

    // ---- writing

    /**
     * Writes what lies between position and limit of {@code data}, and moves neither; the bytes must not change until
     * {@code callback}. What the kernel does not take at once is queued, without bound: see {@link #writeQueueSize()}.
     *
     * <p>Position and limit are read during this call only: the caller may move, decode and slice {@code data} as soon as it
     * returns. Memory of an {@link java.lang.foreign.Arena} must stay open until {@code callback}. If the arena is closed earlier,
     * the write fails with EFAULT, whose cause is an IllegalStateException, and never sends other memory; the writes behind it
     * fail with ECANCELED, and the stream is not writable any more.
     *
     * @throws UsageException EINVAL, also of more than 0x7ffff000 bytes, which is the most that the kernel takes in one call; EBADF
     *     where it has no socket; EPIPE where it can't be written
     * @throws IllegalStateException if the arena of {@code data} is closed
     * @throws WrongThreadException if it is confined to another thread
     */
    public final void write(ByteBuffer data, Completion callback) {
        write(new ByteBuffer[] {UsageException.requireArgument(data, "data")}, callback);
    }

    /** As {@link #write(ByteBuffer, Completion)}, of several buffers one behind the other; at least one. */
    public final void write(ByteBuffer[] data, Completion callback) {
        core().checkThread();
        enqueue(new WriteRequest(data, callback));
    }

    /** Writes {@code request}, or queues it behind others, where there is somewhere to write to. */
    final void enqueue(WriteRequest request) {
        requireWritable();
        if (writes == null) {
            writes = new WriteQueue(this);
        }
        writes.add(request, connect == null);
    }

    /**
     * Writes as much of {@code data} as the kernel takes now, and keeps nothing: then {@code data} and its memory are the caller's.
     *
     * @return how many bytes it took; 0 where it takes none now, where other writes are queued or it is connecting
     * @throws SystemException EPIPE, ECONNRESET and others of send(2)
     * @throws UsageException as {@link #write(ByteBuffer, Completion)}; IllegalStateException and WrongThreadException as well
     */
    public final int tryWrite(ByteBuffer data) {
        WriteRequest.requireSize(UsageException.requireArgument(data, "data").remaining());
        if (mustQueue()) {
            return 0;
        }
        requireWritable();
        return data.hasRemaining()
                ? Transport.taken(this, watcher().transport().write(watcher().fd(), data))
                : 0;
    }

    /** Whether nothing may be written now, out of turn. */
    final boolean mustQueue() {
        core().checkThread();
        return connect != null || writes != null && writes.size() > 0;
    }

    final void requireWritable() {
        if (watcher().fd() < 0) {
            throw new UsageException("EBADF", "it has no socket: " + this);
        }
        if (!writable) {
            throw new UsageException("EPIPE", "it can't be written: " + this);
        }
    }

    /** The bytes of queued writes that the kernel has not taken yet. */
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
     * Ends the writing side once all queued writes are through and told: the peer reads an end. Reading goes on. At once,
     * nothing more can be written.
     *
     * @throws UsageException ENOTCONN where it can't be written: not connected, or shut down before; EINVAL
     * @see <a href="https://man7.org/linux/man-pages/man2/shutdown.2.html">shutdown(2)</a>
     */
    public final void shutdown(Completion callback) {
        core().checkThread();
        UsageException.requireArgument(callback, "callback");
        if (!isWritable()) {
            throw new UsageException("ENOTCONN", "it can't be shut down: " + this);
        }
        // While it connects, a poke at the watcher would look like its success: finishConnect comes back to this.
        if (connect == null) {
            shutDownWhenWritten();
        }
        writable = false;
        shutdown = callback;
        core().hold();
    }

    /** Whether a shutdown is under way. */
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
        if (shutdown != null && !isClosing()) {
            boolean truncated = writes != null && writes.hasLostBytes(); // then the peer must not read an end
            finishShutdown(
                    truncated
                            ? Errno.ECANCELED
                            : -watcher().transport().shutdown(watcher().fd()));
        }
    }

    private void finishShutdown(int errno) {
        Completion callback = shutdown;
        shutdown = null;
        Requests.complete(this, callback, errno, "shutdown");
    }

    // ---- closing

    @Override
    protected void release() {
        readStop();
        unwatchPeer();
        if (acceptor != null) {
            acceptor.close();
        }
        watcher().close();
    }

    /** In libuv's order: the connect, the writes first to last (those that are through succeed), the shutdown. */
    @Override
    protected void cancelRequests() {
        finishConnect(Errno.ECANCELED);
        if (writes != null) {
            writes.fail(Errno.ECANCELED);
            writes.tell();
        }
        if (shutdown != null) {
            finishShutdown(Errno.ECANCELED);
        }
    }

    /** Reading comes before writing, so that an end or error is learnt from the read that finds it. */
    @Override
    final void ready(int events) {
        if (connect != null) {
            connectReady();
            return;
        }
        if ((events & (Epoll.EPOLLIN | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0) {
            if (acceptor != null) {
                acceptor.ready();
            } else if (reads != null) {
                reads.ready();
            }
        }
        if ((events & (Epoll.EPOLLOUT | Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0
                && writes != null
                && !writes.isFlushed()
                && !isClosing()) {
            writes.flush();
        }
    }

    /**
     * The kernel can't watch the socket: whoever waits for it learns that, and nothing waits any more. A listener, who could
     * tell nobody, tries again a little later. Files and devices such as /dev/null can never be watched (EPERM), and always take
     * more: a write to one of them goes on, each turn with as much as a flush takes.
     */
    @Override
    final void refused(int errno) {
        finishConnect(errno);
        if (acceptor != null && !isClosing()) {
            acceptor.rest();
        }
        if (reads != null) {
            reads.fail(failure(errno, "epoll_ctl"));
        }
        if (writes != null && !(errno == Errno.EPERM && !isClosing() && writes.flushesMore())) {
            writes.fail(errno);
        }
    }
}
