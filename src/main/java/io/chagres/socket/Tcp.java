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
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A TCP socket as a handle: uv_tcp_t. The kernel's socket is made when it is first needed, by bind, listen or connect; what
 * is set before that is kept and applied then.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/tcp.html">uv_tcp_t</a>
 */
public final class Tcp extends SocketHandle {

    /** What listen(2) is given where nobody says otherwise, as in Node. */
    public static final int DEFAULT_BACKLOG = 511;

    private boolean isIPv6Socket;
    /** Whether bind(2) said EADDRINUSE, which the call that follows reports: see {@link #bind}. */
    private boolean isAddressInUse;
    /** Null where there are none. */
    private DeferredOptions early;
    /** An address that is known without asking the kernel, for {@link #toString} on other threads; null until then. */
    private End known;
    /** Whether {@link #known} is the peer's; it is the own one otherwise. */
    private boolean knowsPeer;

    /** A handle without a socket. */
    public Tcp(Loop loop) {
        super(AddressMemory.prepare(loop));
    }

    /**
     * A handle that has a socket from the start, of {@code family}: uv_tcp_init_ex.
     *
     * @throws SystemException EMFILE, ENFILE; EAFNOSUPPORT where the kernel has no such family
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
     * Takes over {@code fd}, a TCP socket in any state. It is non-blocking until the close, also for other descriptors of the same
     * open file description. An end of a socket pair will do too, as in libuv, for reading and writing. If it throws, nothing is
     * changed, and {@code fd} stays the caller's.
     *
     * @throws UsageException EBUSY where the handle has a socket; EEXIST where another handle watches it; EINVAL where it is
     *     no stream socket
     * @throws SystemException EBADF; what the kernel says to an option that was set before
     */
    @Override
    public void open(int fd) {
        requireOpen("open");
        if (fd() < 0) {
            requireStreamSocket(fd);
            applyDeferredOptions(fd);
        }
        adopt(fd);
        early = null;
    }

    private static void requireStreamSocket(int fd) {
        check(Descriptors.fcntl(fd, Descriptors.F_GETFD, 0), "fcntl");
        if (Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE) != Sockets.SOCK_STREAM) {
            throw new UsageException("EINVAL", "descriptor " + fd + " is no TCP socket: " + DescriptorKind.of(fd));
        }
    }

    private void openSocket(int wantedFamily) {
        if (fd() >= 0) {
            return;
        }
        int type = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;
        int socket = check(Sockets.socket(wantedFamily, type, 0), "socket");
        try {
            applyDeferredOptions(socket);
        } catch (Throwable refused) {
            Descriptors.close(socket);
            throw refused;
        }
        attach(socket);
        isIPv6Socket = wantedFamily == Sockets.AF_INET6;
        early = null;
    }

    @Override
    SocketHandle newClient() {
        return new Tcp(loop());
    }

    @Override
    boolean takes(DescriptorKind kind) {
        return kind == DescriptorKind.TCP;
    }

    /** The connection stands, whatever the kernel says to its options. */
    @Override
    void onAccepted() {
        DeferredOptions options = early;
        early = null;
        if (options != null) {
            options.applyTo(fd());
        }
    }

    private void applyDeferredOptions(int socket) {
        if (early != null) {
            early.applyTo(socket);
        }
    }

    /**
     * Binds to {@code local}, with SO_REUSEADDR, so that a server can start again while connections of its predecessor are
     * in TIME_WAIT. An IPv6 address takes IPv4 connections too.
     *
     * <p>That the address is in use is told not here but by listen, connect or localAddress, as libuv does: the kernel itself
     * notices some conflicts only then.
     *
     * @throws SystemException EADDRNOTAVAIL, EACCES, EINVAL (bound already) and others of bind(2)
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public void bind(SocketAddress local) {
        bind(local, false);
    }

    /** As {@link #bind(SocketAddress)}; with {@code ipv6Only} an IPv6 address takes no IPv4 connections. */
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
        int length = memory().write(local);
        int result = Sockets.bind(fd(), memory().address, length);
        if (result == -Errno.EADDRINUSE) {
            isAddressInUse = true;
        } else {
            check(result == -Errno.EAFNOSUPPORT ? -Errno.EINVAL : result, "bind");
            isAddressInUse = false;
        }
        know(End.of(local), false);
    }

    // ---- listening and connecting

    /**
     * Starts listening; a socket that is not bound gets a port of the kernel's choice, on all IPv4 addresses.
     *
     * @param listener see {@link StreamHandle#accept}
     * @throws SystemException EADDRINUSE and others of listen(2)
     */
    @Override
    public void listen(int backlog, ConnectionListener listener) {
        requireOpen("listen");
        requireNoDelayedError("listen");
        openSocket(Sockets.AF_INET);
        startListening(backlog, listener);
        know(memory().local(fd()), false);
    }

    /**
     * Connects to {@code remote}; {@code callback} is told in the poll phase, a refusal that the kernel knows of at once in
     * the pending phase. Writes made meanwhile are queued. A failed connect leaves the handle open. A link-local IPv6 address
     * without a zone gets that of the first interface which has such an address.
     *
     * @throws UsageException EALREADY where a connect is under way; EINVAL
     * @throws SystemException ENETUNREACH, EADDRNOTAVAIL, EISCONN and others of connect(2), but not ECONNREFUSED
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public void connect(SocketAddress remote, Completion callback) {
        requireOpen("connect");
        UsageException.requireArgument(remote, "remote");
        UsageException.requireArgument(callback, "callback");
        requireNotConnecting();
        know(End.of(remote), true);
        if (isAddressInUse) {
            failConnect(Errno.EADDRINUSE, callback);
            return;
        }
        openSocket(remote.isIPv6() ? Sockets.AF_INET6 : Sockets.AF_INET);
        MemorySegment address = memory().address;
        int length = memory().write(remote.withZone());
        int result = Sockets.connect(fd(), address, length);
        while (result == -Errno.EINTR) {
            result = again(Sockets.connect(fd(), address, length));
        }
        awaitConnect(result, callback);
    }

    /** What an interrupted connect(2) has begun goes on, and asking again only says that it does. */
    private static int again(int result) {
        return result == -Errno.EALREADY || result == -Errno.EISCONN ? -Errno.EINPROGRESS : result;
    }

    private void requireNoDelayedError(String call) {
        if (isAddressInUse) {
            check(-Errno.EADDRINUSE, call);
        }
    }

    // ---- addresses

    /**
     * Its own address: what it is bound to, or what the kernel chose at listen or connect.
     *
     * @throws UsageException EBADF where it has no socket
     * @throws SystemException EADDRINUSE, delayed from bind
     */
    @Override
    public SocketAddress localAddress() {
        requireSocket("getsockname");
        requireNoDelayedError("getsockname");
        AddressMemory memory = memory();
        memory.room(SockAddr.SIZE);
        check(Sockets.getsockname(fd(), memory.address, memory.length), "getsockname");
        return memory.read();
    }

    /**
     * The address of its peer.
     *
     * @throws UsageException EBADF where it has no socket
     * @throws SystemException ENOTCONN
     */
    public SocketAddress remoteAddress() {
        requireSocket("getpeername");
        AddressMemory memory = memory();
        memory.room(SockAddr.SIZE);
        check(Sockets.getpeername(fd(), memory.address, memory.length), "getpeername");
        return memory.read();
    }

    /**
     * Returns the address of the peer; null if the socket was never connected, or was closed before this was called. Unlike {@link
     * #remoteAddress()} it answers after a reset too.
     */
    @Override
    public SocketAddress peer() {
        if (fd() >= 0) {
            learnPeer(memory().peer(fd()));
        }
        return knownPeer();
    }

    /** Returns the address of the peer as far as it is known without a system call, after an error for one; or null. */
    @Override
    public SocketAddress knownPeer() {
        core().checkThread();
        return knowsPeer ? known.ip() : null;
    }

    private void learnPeer(End remote) {
        if (remote != null) {
            know(remote, true);
        }
    }

    private void know(End end, boolean isPeer) {
        known = end;
        knowsPeer = isPeer;
    }

    @Override
    Endpoints endpoints() {
        if (core().isLoopThread() && fd() >= 0) {
            Endpoints ends = memory().ends(fd());
            learnPeer(ends.remote());
            return ends;
        }
        return knowsPeer ? new Endpoints(null, known) : new Endpoints(known, null);
    }

    /** The peer; without one, the end that a listener is bound to. One system call, since some peers reset all they open. */
    @Override
    Endpoints endsForError() {
        return fd() >= 0 && peer() != null ? new Endpoints(null, known) : endpoints();
    }

    @Override
    public String localName() {
        return null;
    }

    @Override
    public boolean hasPeer() {
        AddressMemory memory = memory();
        memory.room(SockAddr.SIZE);
        return fd() >= 0 && Sockets.getpeername(fd(), memory.address, memory.length) >= 0;
    }

    // ---- options

    /**
     * Sets an option. One that is set before there is a socket is kept, and set when the socket comes, in the order of these
     * calls: by bind, connect, listen or open, which throw what the kernel says to it and leave the handle without a socket; or
     * by accept, which throws likewise, while the handle has its connection all the same.
     *
     * @throws UsageException EINVAL where {@code value} is null or out of range
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
        early = (early == null ? DeferredOptions.NONE : early).with(option, value);
    }

    @Override
    public boolean has(SocketOption<?> option) {
        return true;
    }

    /** {@link SocketOption#TCP_NODELAY}. */
    public void setNoDelay(boolean on) {
        set(SocketOption.TCP_NODELAY, on);
    }

    /**
     * Sets the keep-alive, see {@link SocketOption#KEEP_ALIVE}.
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

    /** Returns the keep-alive as the kernel has it. If it is off, the numbers are those that it would have. */
    public KeepAlive keepAlive() {
        return get(SocketOption.KEEP_ALIVE);
    }

    /**
     * What the kernel knows of the connection.
     *
     * @throws UsageException EBADF where it has no socket
     */
    public TcpInfo info() {
        requireSocket("getsockopt");
        AddressMemory memory = memory();
        memory.room((int) memory.info.byteSize());
        check(
                Sockets.getsockopt(fd(), Sockets.IPPROTO_TCP, Sockets.TCP_INFO, memory.info, memory.length),
                "getsockopt",
                "TCP_INFO");
        return TcpInfo.read(memory.info, memory.length.get(ValueLayout.JAVA_INT, 0));
    }

    private void setOption(int level, int name, int value) {
        check(Sockets.setsockopt(fd(), level, name, value), "setsockopt");
    }

    // ---- closing

    /**
     * Closes it so that the peer gets a reset (RST) at once, and what is queued is lost.
     *
     * @throws UsageException EINVAL while a shutdown is under way: the handle stays open
     */
    public void closeReset(Runnable callback) {
        requireOpen("closeReset");
        UsageException.requireArgument(callback, "callback");
        if (isShuttingDown()) {
            throw new UsageException("EINVAL", "closeReset while a shutdown is under way: " + this);
        }
        reset(callback);
    }

    @Override
    public boolean canReset() {
        return true;
    }

    @Override
    public void reset(Runnable callback) {
        if (fd() >= 0) {
            lingerForNothing();
        }
        close(callback);
    }

    /** struct linger {1, 0}: close(2) discards what is unsent and sends RST, socket(7). */
    private void lingerForNothing() {
        MemorySegment linger = memory().linger;
        linger.set(ValueLayout.JAVA_INT, 0, 1);
        int result = Sockets.setsockopt(fd(), Sockets.SOL_SOCKET, Sockets.SO_LINGER, linger, 8);
        // which says that it was shut down behind our back, and has nothing to discard
        if (result != -Errno.EINVAL) {
            check(result, "setsockopt");
        }
    }
}
