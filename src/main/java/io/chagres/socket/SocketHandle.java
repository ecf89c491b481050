package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Observation;
import io.chagres.sys.Sockets;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A socket on a loop: {@link Tcp} or {@link Pipe}. This class has the methods of both kinds, so that a server can serve both with the
 * same code.
 *
 * <p>A socket listens and accepts, or it connects (each kind to its own form of address) and is a stream. It has options and two
 * addresses. If a method makes no sense for a Unix socket, its description says what it does there.
 *
 * <pre>{@code
 * SocketHandle listener = path == null ? new Tcp(loop) : new Pipe(loop);
 * ...
 * listener.listen(511, socket -> serve(socket.accept()));
 * }</pre>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/stream.html">uv_stream_t: uv_listen, uv_accept</a>
 */
public abstract sealed class SocketHandle extends StreamHandle permits Tcp, Pipe {

    static {
        Observation.add(new OpenSockets());
    }

    /** Null until it listens. */
    private @Nullable Acceptor acceptor;

    SocketHandle(Loop loop) {
        super(loop);
    }

    // ---- opening

    /**
     * Takes over the open descriptor {@code fd}. It is non-blocking until the handle is closed, also for other descriptors of the same
     * open file description. If this throws, nothing has changed, and the caller still owns {@code fd}.
     *
     * @throws UsageException EBUSY if the handle has a descriptor; EEXIST if another handle of the loop watches {@code fd}; EINVAL if
     *     {@code fd} is of the wrong kind
     * @throws SystemException EBADF
     * @see #giveBack()
     */
    public abstract void open(int fd);

    /** Throws EBADF if there is no socket. The message names {@code call}. */
    final void requireSocket(String call) {
        core().checkThread();
        if (fd() < 0) {
            throw new UsageException("EBADF", call + " without a socket: " + this);
        }
    }

    // ---- listening

    /**
     * Starts listening. Calling it again replaces the backlog and the listener.
     *
     * @param backlog how many connections the kernel keeps until they are accepted. The kernel cuts a greater number to
     *     net.core.somaxconn
     * @param listener called in the poll phase with this handle for each connection, which {@link #accept()} then takes. No further
     *     connection is accepted until it is taken
     * @throws SystemException EADDRINUSE, EINVAL and others of listen(2)
     * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>
     */
    public abstract void listen(int backlog, ConnectionListener listener);

    final void startListening(int backlog, ConnectionListener listener) {
        UsageException.requireArgument(listener, "listener");
        SystemException.check(Sockets.listen(fd(), backlog), "listen");
        if (acceptor == null) {
            acceptor = new Acceptor(this);
        }
        acceptor.start(listener);
        activate();
    }

    /**
     * Stops accepting connections until {@link #resumeAccepting()}: they wait in the kernel's backlog. A connection that the listener
     * was called for can still be taken. The handle stays active and keeps the loop alive. Calling it again is a no-op.
     *
     * @throws UsageException EINVAL if the handle does not listen
     */
    public final void pauseAccepting() {
        requireListening("pauseAccepting").pause();
    }

    /**
     * Accepts connections again. Calling it again is a no-op.
     *
     * @throws UsageException EINVAL if the handle does not listen
     */
    public final void resumeAccepting() {
        requireListening("resumeAccepting").resume();
    }

    /**
     * Wakes only one of the loops that listen on this socket, or a few, for each connection: EPOLLEXCLUSIVE. Without it, a connection
     * wakes all of them, and all but one find nothing to accept. It is for duplicates of one descriptor, in threads or processes, and
     * each of them must set it. The kernel prefers the loop that has begun to listen last, if it waits.
     *
     * @throws UsageException EINVAL if the handle does not listen
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2): EPOLLEXCLUSIVE</a>
     */
    public final void acceptExclusively() {
        requireListening("acceptExclusively").beExclusive();
    }

    private Acceptor requireListening(String call) {
        requireOpen(call);
        if (acceptor == null) {
            throw new UsageException("EINVAL", call + " on a handle that does not listen: " + this);
        }
        return acceptor;
    }

    /**
     * Takes the waiting connection, or the first received descriptor of an ipc pipe, into a new handle of its kind, on the same loop.
     *
     * @throws UsageException EAGAIN if none waits; EINVAL if no handle takes a descriptor of that kind, which stays
     */
    public final SocketHandle accept() {
        SocketHandle client = newClient();
        try {
            accept(client);
        } catch (Throwable refused) {
            client.close();
            throw refused;
        }
        return client;
    }

    /** Returns a handle without a socket, of the kind that can be accepted next. */
    abstract SocketHandle newClient();

    /**
     * Takes the waiting connection, or the first received descriptor of an ipc pipe, into {@code client}, a handle of the same loop
     * without a socket.
     *
     * @throws UsageException EAGAIN if none waits; EBUSY if {@code client} has a socket: a connection is closed then, a descriptor
     *     stays; EINVAL, also if a descriptor is of another kind than {@code client}: it stays
     */
    public final void accept(SocketHandle client) {
        requireOpen("accept");
        UsageException.requireArgument(client, "client").requireOpen("accept into");
        if (client.core() != core()) {
            throw new UsageException("EINVAL", "the client belongs to another loop: " + client);
        }
        handOver(client);
    }

    /** Gives the waiting connection or descriptor to a client of the same loop. */
    void handOver(SocketHandle client) {
        if (acceptor == null || !acceptor.hasParked()) {
            throw new UsageException("EAGAIN", "no connection waits to be accepted: " + this);
        }
        acceptor.handOver(client);
        client.becomeDuplex();
        client.onAccepted();
    }

    /** Called when a connection was taken over: applies the options that were set before there was a socket. */
    void onAccepted() {}

    /** Returns whether a descriptor of this kind, received over an ipc pipe, can be opened by this handle. */
    abstract boolean takes(DescriptorKind kind);

    // ---- addresses

    /**
     * Returns the local address of the socket: the address that it is bound to, or that the kernel chose at listen or connect. Returns
     * null for a {@link Pipe}, which has a {@linkplain Pipe#localName() name} instead.
     *
     * @throws UsageException EBADF if there is no socket
     */
    public abstract @Nullable SocketAddress localAddress();

    /**
     * Returns the address of the peer, even after the peer has reset the connection. Returns null for a {@link Pipe}, if the socket was
     * never connected, and if it was closed before the first call.
     */
    public abstract @Nullable SocketAddress peer();

    /** Returns the address of the peer if it is known without a system call, as after an error that names it; otherwise null. */
    public abstract @Nullable SocketAddress knownPeer();

    /** Returns the name that a Unix socket is bound to, see {@link Pipe#localName()}; null for a {@link Tcp}. */
    public abstract @Nullable String localName();

    /** Returns whether bytes can pass: the socket is connected, or it is an open pipe(7), FIFO or terminal, which needs no peer. */
    public abstract boolean hasPeer();

    /** Adds the addresses of both ends. On another thread than the loop's, it adds the address that is known. */
    @Override
    protected void describe(StringJoiner text) {
        super.describe(text);
        if (acceptor != null) {
            text.add("listening");
        }
        endpoints().describe(text);
    }

    /** Adds the listener of a handle that listens. */
    @Override
    protected void explain(StringJoiner details) {
        Acceptor listening = acceptor;
        if (listening != null) {
            listening.explain(details);
        }
        super.explain(details);
    }

    /** Returns a remark that explains the errno of a failed bind, for a message; null if there is none. */
    public @Nullable String remark() {
        return null;
    }

    // ---- options

    /**
     * Sets an option. Before there is a socket, a {@link Tcp} keeps the value and sets it as soon as there is one; a {@link Pipe}
     * throws.
     *
     * @throws UsageException EINVAL if {@code value} is null or out of range; EBADF for a pipe without a socket
     * @throws SystemException ENOPROTOOPT, ENOTSUP, EINVAL, EPERM and others of setsockopt(2)
     * @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a>
     */
    public abstract <T> void set(SocketOption<T> option, T value);

    /**
     * Returns an option as the kernel has it.
     *
     * @throws UsageException EBADF if there is no socket
     * @throws SystemException ENOPROTOOPT, ENOTSOCK, ENOTSUP and others of getsockopt(2)
     */
    public final <T> T get(SocketOption<T> option) {
        requireSocket("getsockopt");
        return UsageException.requireArgument(option, "option").read(fd());
    }

    /** Returns whether {@code option} means something to this kind of socket: options of TCP and IP mean nothing to a Unix socket. */
    public abstract boolean has(SocketOption<?> option);

    // ---- closing

    /** Returns whether {@link #reset} sends a reset: over TCP, but not over a Unix socket. */
    public abstract boolean canReset();

    /**
     * Closes the handle so that the peer gets a reset (RST) at once. Bytes that are queued are lost. A pending shutdown fails with
     * ECANCELED. A Unix socket has no resets: the handle is closed as by {@link #close(Runnable)}.
     *
     * @param callback called last, in the closing phase
     */
    public abstract void reset(Runnable callback);

    @Override
    protected void release() {
        if (acceptor != null) {
            acceptor.close();
        }
        super.release();
    }

    // ---- events

    @Override
    final void ready(int events) {
        if (acceptor != null) {
            acceptor.ready();
        } else {
            super.ready(events);
        }
    }

    /** Lets a listener that can't be watched rest and try again: it has no request that could report the error. */
    @Override
    final void refused(int errno) {
        if (acceptor != null && !isClosing()) {
            acceptor.rest();
        }
        super.refused(errno);
    }
}
