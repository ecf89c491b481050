package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.Family;
import io.chagres.address.SocketAddress;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.Sockets;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket as a handle: uv_tcp_t. It listens for connections, or it connects and is a stream. Programs usually use {@code
 * io.chagres.net.Socket} and {@code io.chagres.net.Server} instead, which look up names and have streams and timeouts.
 *
 * <p>The kernel's socket is made when it is first needed, by {@link #bind}, {@link #listen}, {@link #connect} or {@link #open}. Options
 * that are set before are kept and applied then.
 *
 * <pre>{@code
 * Tcp listener = new Tcp(loop);
 * listener.bind(SocketAddress.ofLiteral("127.0.0.1", 8080));
 * listener.listen(Tcp.DEFAULT_BACKLOG, handle -> serve(handle.accept()));
 *
 * Tcp client = new Tcp(loop);
 * client.connect(SocketAddress.ofLiteral("127.0.0.1", 8080), error -> {   // null once the connection is established
 *     ...
 * });
 * }</pre>
 *
 * <p>All methods are called on the loop thread, except {@link #toString()} and {@link #describeEnds()}, which any thread may call.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/tcp.html">uv_tcp_t</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 */
public final class Tcp extends SocketHandle {

    /** The backlog that Node passes to listen(2) if the caller sets none: 511. The kernel cuts it to net.core.somaxconn. */
    public static final int DEFAULT_BACKLOG = 511;

    private boolean isIPv6Socket;
    /** True if bind(2) has returned EADDRINUSE, which the next call reports: see {@link #bind}. */
    private boolean isAddressInUse;
    /** The options that were set before there was a socket, and are not applied yet. */
    private DeferredOptions deferred = DeferredOptions.NONE;
    /** The address that is known without a system call, for {@link #toString} on other threads; null if none is. */
    private @Nullable End known;
    /** True if {@link #known} is the address of the peer. Otherwise it is the local address. */
    private boolean knowsPeer;

    /**
     * A handle without a socket: uv_tcp_init.
     *
     * @param loop the loop of the calling thread
     */
    public Tcp(Loop loop) {
        super(AddressMemory.prepare(loop));
    }

    /**
     * A handle that has a socket of {@code family} from the start: uv_tcp_init_ex. Options take effect at once.
     *
     * @throws SystemException EMFILE, ENFILE; EAFNOSUPPORT if the kernel does not have the family, as when IPv6 is disabled
     * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
     */
    public Tcp(Loop loop, Family family) {
        this(loop);
        try {
            openSocket(
                    UsageException.requireArgument(family, "family") == Family.IPV6
                            ? Sockets.AF_INET6
                            : Sockets.AF_INET);
        } catch (Throwable refused) {
            close();
            throw refused;
        }
    }

    private AddressMemory memory() {
        return AddressMemory.of(core());
    }

    // ---- opening

    /**
     * Takes over {@code fd}, a TCP socket in any state, and applies the options that were set before. The descriptor is non-blocking
     * until the handle is closed, also for other descriptors of the same open file description. As in libuv, an end of a socket pair can
     * be opened too, to be read and written. If this throws, the handle is unchanged, and the caller still owns {@code fd}.
     *
     * @throws UsageException EBUSY if the handle has a socket; EEXIST if another handle of the loop watches {@code fd}; EINVAL if
     *     {@code fd} is no stream socket
     * @throws SystemException EBADF; the errors of setsockopt(2) for an option that was set before
     * @see <a href="https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_open">uv_tcp_open</a>
     */
    @Override
    public void open(int fd) {
        requireOpen("open");
        if (fd() < 0) {
            DescriptorKind.requireStreamSocket(fd);
            deferred.applyTo(fd);
        }
        adopt(fd);
        deferred = DeferredOptions.NONE;
    }

    private void openSocket(int wantedFamily) {
        if (fd() >= 0) {
            return;
        }
        int type = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;
        int socket = check(Sockets.socket(wantedFamily, type, 0), "socket");
        try {
            deferred.applyTo(socket);
        } catch (Throwable refused) {
            Descriptors.close(socket);
            throw refused;
        }
        attach(socket);
        isIPv6Socket = wantedFamily == Sockets.AF_INET6;
        deferred = DeferredOptions.NONE;
    }

    @Override
    SocketHandle newClient() {
        return new Tcp(loop());
    }

    @Override
    boolean takes(DescriptorKind kind) {
        return kind == DescriptorKind.TCP;
    }

    /** Applies the options that were set before. If one fails, the handle keeps its connection. */
    @Override
    void onAccepted() {
        DeferredOptions options = deferred;
        deferred = DeferredOptions.NONE;
        options.applyTo(fd());
    }

    /**
     * Binds to {@code local}. SO_REUSEADDR is set, so that a server can start again while connections of its predecessor are in
     * TIME_WAIT. A socket that is bound to the IPv6 address {@code ::} accepts IPv4 connections too.
     *
     * <p>If the address is in use, this method does not fail, as in libuv: the kernel itself detects some conflicts only when the socket
     * listens. The next {@link #listen} or {@link #localAddress} throws EADDRINUSE instead, and the callback of the next {@link #connect}
     * gets it. Another {@code bind} that succeeds clears the error.
     *
     * @param local the address and port. Port 0 lets the kernel choose one: see {@link #localAddress()}
     * @throws SystemException EADDRNOTAVAIL, EACCES, EINVAL (bound already, or of another family) and others of bind(2)
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     * @see <a href="https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_bind">uv_tcp_bind</a>
     */
    public void bind(SocketAddress local) {
        bind(local, false);
    }

    /**
     * Binds as {@link #bind(SocketAddress)} does.
     *
     * @param ipv6Only whether the socket accepts no IPv4 connections: IPV6_V6ONLY of ipv6(7)
     * @throws UsageException EINVAL if {@code ipv6Only} is true and {@code local} is an IPv4 address
     */
    public void bind(SocketAddress local, boolean ipv6Only) {
        requireOpen("bind");
        boolean six = UsageException.requireArgument(local, "local").isIPv6();
        if (ipv6Only && !six) {
            throw new UsageException("EINVAL", "ipv6Only needs an IPv6 address: " + local);
        }
        openSocket(six ? Sockets.AF_INET6 : Sockets.AF_INET);
        setOption(Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        if (six && isIPv6Socket) {
            setOption(Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, ipv6Only ? 1 : 0);
        }
        int result = memory().bind(fd(), local);
        if (result == -Errno.EADDRINUSE) {
            isAddressInUse = true;
        } else {
            check(result == -Errno.EAFNOSUPPORT ? -Errno.EINVAL : result, "bind");
            isAddressInUse = false;
        }
        remember(End.of(local), false);
    }

    // ---- listening and connecting

    /**
     * Starts listening. If the socket is not bound, the kernel chooses a port, on all IPv4 addresses. Calling it again replaces the backlog
     * and the listener.
     *
     * @param backlog how many connections the kernel keeps until they are accepted: {@link #DEFAULT_BACKLOG} in Node
     * @param listener called in the poll phase for each connection, which {@link SocketHandle#accept()} then takes
     * @throws SystemException EADDRINUSE, also one that {@link #bind} has delayed, and others of listen(2)
     * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>
     */
    @Override
    public void listen(int backlog, ConnectionListener listener) {
        requireOpen("listen");
        requireNoDelayedError("listen");
        openSocket(Sockets.AF_INET);
        startListening(backlog, listener);
        remember(memory().local(fd()), false);
    }

    /**
     * Connects to {@code remote}. Writes that are made before the connection is established are queued. A failed connect leaves the handle
     * open.
     *
     * <p>A link-local IPv6 address without a zone gets the zone of the first interface that has a link-local address.
     *
     * @param callback called in the poll phase with null or the error: ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH and others. It is called in
     *     the pending phase if the kernel refuses at once, and with an EADDRINUSE that {@link #bind} has delayed
     * @throws UsageException EALREADY if a connect is pending; EINVAL
     * @throws SystemException ENETUNREACH, EADDRNOTAVAIL, EISCONN and others of connect(2), but not ECONNREFUSED
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     * @see <a href="https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_connect">uv_tcp_connect</a>
     */
    public void connect(SocketAddress remote, Completion callback) {
        requireOpen("connect");
        UsageException.requireArgument(remote, "remote");
        UsageException.requireArgument(callback, "callback");
        requireNotConnecting();
        remember(End.of(remote), true);
        if (isAddressInUse) {
            failConnect(Errno.EADDRINUSE, callback);
            return;
        }
        openSocket(remote.isIPv6() ? Sockets.AF_INET6 : Sockets.AF_INET);
        awaitConnect(memory().connect(fd(), remote.withZone()), callback);
    }

    private void requireNoDelayedError(String call) {
        if (isAddressInUse) {
            check(-Errno.EADDRINUSE, call);
        }
    }

    // ---- addresses

    /**
     * Returns the local address of the socket: the address that it is bound to, or that the kernel chose at listen or connect. It costs a
     * system call.
     *
     * @throws UsageException EBADF if there is no socket
     * @throws SystemException EADDRINUSE, which {@link #bind} has delayed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    @Override
    public SocketAddress localAddress() {
        requireSocket("getsockname");
        requireNoDelayedError("getsockname");
        check(memory().getsockname(fd()), "getsockname");
        return memory().read();
    }

    /**
     * Returns the address of the peer. It costs a system call. After a reset it throws ENOTCONN: {@link #peer()} still answers then.
     *
     * @throws UsageException EBADF if there is no socket
     * @throws SystemException ENOTCONN if the socket is not connected, or not any more
     * @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a>
     */
    public SocketAddress remoteAddress() {
        requireSocket("getpeername");
        check(memory().getpeername(fd()), "getpeername");
        return memory().read();
    }

    /**
     * Returns the address of the peer, even after a reset, when {@link #remoteAddress()} throws. Returns null if the socket was never
     * connected, or was closed before the first call.
     */
    @Override
    public @Nullable SocketAddress peer() {
        if (fd() >= 0) {
            rememberPeer(memory().peer(fd()));
        }
        return knownPeer();
    }

    /** Returns the address of the peer if it is known without a system call, as after a connect or an error; otherwise null. */
    @Override
    public @Nullable SocketAddress knownPeer() {
        core().checkThread();
        return knowsPeer && known != null ? known.ip() : null;
    }

    private void rememberPeer(@Nullable End remote) {
        if (remote != null) {
            remember(remote, true);
        }
    }

    private void remember(@Nullable End end, boolean isPeer) {
        known = end;
        knowsPeer = isPeer;
    }

    @Override
    Endpoints endpoints() {
        if (core().isLoopThread() && fd() >= 0) {
            Endpoints ends = memory().ends(fd());
            rememberPeer(ends.remote());
            return ends;
        }
        return knowsPeer ? new Endpoints(null, known) : new Endpoints(known, null);
    }

    /**
     * Returns the peer; if there is none, the end that a listener is bound to. It makes one system call only: there are peers that reset
     * every connection that they open.
     */
    @Override
    Endpoints endsForError() {
        return fd() >= 0 && peer() != null ? new Endpoints(null, known) : endpoints();
    }

    /** Returns null: a TCP socket has an address, no name. */
    @Override
    public @Nullable String localName() {
        return null;
    }

    /** Returns whether the socket is connected: getpeername(2). */
    @Override
    public boolean hasPeer() {
        return fd() >= 0 && memory().getpeername(fd()) >= 0;
    }

    // ---- options

    /**
     * Sets an option.
     *
     * <p>If there is no socket yet, the value is kept, and applied when the socket is made, in the order of these calls. If the kernel
     * refuses the value then, bind, connect, listen and open throw its error and leave the handle without a socket. {@link #accept} throws
     * it too, but the client has its connection.
     *
     * <pre>{@code
     * tcp.set(SocketOption.TCP_USER_TIMEOUT, Duration.ofSeconds(20));
     * }</pre>
     *
     * @throws UsageException EINVAL if {@code value} is null or out of range
     * @throws SystemException ENOPROTOOPT, EINVAL, EPERM and others of setsockopt(2)
     * @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a>
     */
    @Override
    public <T> void set(SocketOption<T> option, T value) {
        requireOpen("set");
        UsageException.requireArgument(option, "option").require(UsageException.requireArgument(value, "value"));
        if (fd() >= 0) {
            option.set(fd(), value);
            return;
        }
        deferred = deferred.with(option, value);
    }

    /** Returns true: a TCP socket has all options. */
    @Override
    public boolean has(SocketOption<?> option) {
        return true;
    }

    /**
     * Sets {@link SocketOption#TCP_NODELAY}: sends small writes at once, instead of collecting them while data is unacknowledged.
     *
     * @param on false by default
     * @see <a href="https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_nodelay">uv_tcp_nodelay</a>
     */
    public void setNoDelay(boolean on) {
        set(SocketOption.TCP_NODELAY, on);
    }

    /**
     * Sets the keep-alive, see {@link SocketOption#KEEP_ALIVE}. If there is no socket yet, it is kept as {@link #set} describes.
     *
     * <pre>{@code
     * tcp.setKeepAlive(KeepAlive.every(Duration.ofSeconds(30)));
     * }</pre>
     *
     * @throws UsageException EINVAL if a number is out of range; nothing is changed then
     */
    public void setKeepAlive(KeepAlive keepAlive) {
        set(SocketOption.KEEP_ALIVE, keepAlive);
    }

    /**
     * Returns the keep-alive of the kernel's socket. If it is off, the numbers are those that the kernel would use if it were on.
     *
     * @throws UsageException EBADF if there is no socket
     */
    public KeepAlive keepAlive() {
        return get(SocketOption.KEEP_ALIVE);
    }

    /**
     * Returns the kernel's numbers of the connection: TCP_INFO. It costs a system call.
     *
     * @throws UsageException EBADF if there is no socket
     */
    public TcpInfo info() {
        requireSocket("getsockopt");
        check(memory().getTcpInfo(fd()), "getsockopt", "TCP_INFO");
        return memory().readTcpInfo();
    }

    private void setOption(int level, int name, int value) {
        check(Sockets.setsockopt(fd(), level, name, value), "setsockopt");
    }

    // ---- closing

    /**
     * Closes the handle so that the peer gets a reset (RST) at once: uv_tcp_close_reset. Bytes that are queued, or not yet sent by the
     * kernel, are lost. {@link #reset} does the same even if a shutdown is pending.
     *
     * @param callback called last, in the closing phase
     * @throws UsageException EINVAL if a shutdown is pending: the handle stays open
     * @see <a href="https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_close_reset">uv_tcp_close_reset</a>
     */
    public void closeReset(Runnable callback) {
        requireOpen("closeReset");
        UsageException.requireArgument(callback, "callback");
        if (isShuttingDown()) {
            throw new UsageException("EINVAL", "closeReset while a shutdown is pending: " + this);
        }
        reset(callback);
    }

    /** Returns true: TCP has resets. */
    @Override
    public boolean canReset() {
        return true;
    }

    @Override
    public void reset(Runnable callback) {
        if (fd() >= 0) {
            int result = memory().setLingerZero(fd());
            // EINVAL: another owner of the socket has shut it down, so there is nothing to discard
            if (result != -Errno.EINVAL) {
                check(result, "setsockopt");
            }
        }
        close(callback);
    }
}
