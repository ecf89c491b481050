package io.chagres.net;

import static io.chagres.loop.SystemException.check;

import io.chagres.loop.Loop;
import io.chagres.loop.SystemException;
import io.chagres.loop.UsageException;
import io.chagres.stream.Completion;
import io.chagres.stream.StreamHandle;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.Memory;
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
public final class Tcp extends StreamHandle {

    /** What listen(2) is given where nobody says otherwise, as in Node. */
    public static final int DEFAULT_BACKLOG = 511;

    /** The most that TCP_KEEPIDLE takes, tcp(7). */
    static final int MOST_IDLE_SECONDS = 32767;

    private final AddressMemory memory = loop().core().local(AddressMemory.class, AddressMemory::new);
    private int family;
    /** An EADDRINUSE of bind(2), told by the call that follows: see {@link #bind}. */
    private int delayedErrno;
    private boolean noDelay;
    private KeepAlive keepAlive;

    private record KeepAlive(boolean on, int idleSeconds) {
    }

    /** Where addresses and lengths lie while the kernel is asked. */
    private static final class AddressMemory {
        final MemorySegment address = Memory.allocate(SockAddr.SIZE);
        final MemorySegment length = Memory.allocate(4);
        final MemorySegment linger = Memory.allocate(8);
    }

    /** A handle without a socket. */
    public Tcp(Loop loop) {
        super(loop);
    }

    // ---- opening -----------------------------------------------------------------------------------------------

    /**
     * Takes over {@code fd}, a TCP socket in whatever state, and sets it to non-blocking.
     *
     * @throws UsageException EBUSY where the handle has a socket; EEXIST where another handle watches it
     * @throws SystemException EBADF
     */
    public void open(int fd) {
        requireOpen("open");
        if (fd() >= 0) {
            throw new UsageException("EBUSY", "it has a socket already: " + this);
        }
        int flags = check(Descriptors.fcntl(fd, Descriptors.F_GETFL, 0), "fcntl");
        check(Descriptors.fcntl(fd, Descriptors.F_SETFL, flags | Descriptors.O_NONBLOCK), "fcntl");
        attachShared(fd);
        becomeDuplex();
        applyOptions();
    }

    private void openSocket(int wantedFamily) {
        if (fd() < 0) {
            int type = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;
            attach(check(Sockets.socket(wantedFamily, type, 0), "socket"));
            family = wantedFamily;
            applyOptions();
        }
    }

    @Override
    protected void onAccepted() {
        applyOptions();
    }

    private void applyOptions() {
        if (noDelay) {
            setOption(Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
        }
        if (keepAlive != null) {
            applyKeepAlive();
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
        openSocket(local.kernelFamily());
        setOption(Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        if (six && family == Sockets.AF_INET6) {
            setOption(Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, ipv6Only ? 1 : 0);
        }
        int result = Sockets.bind(fd(), memory.address, local.write(memory.address));
        if (result == -Errno.EADDRINUSE) {
            delayedErrno = Errno.EADDRINUSE;
        } else {
            check(result == -Errno.EAFNOSUPPORT ? -Errno.EINVAL : result, "bind");
            delayedErrno = 0;
        }
    }

    // ---- listening and connecting ----------------------------------------------------------------------------------

    /**
     * Starts listening; a socket that is not bound gets a port of the kernel's choice, on all IPv4 addresses.
     *
     * @param onConnection see {@link StreamHandle#accept}
     * @throws SystemException EADDRINUSE and others of listen(2)
     */
    public void listen(int backlog, Runnable onConnection) {
        requireOpen("listen");
        requireNoDelayedError("listen");
        openSocket(Sockets.AF_INET);
        startListening(backlog, onConnection);
    }

    /**
     * Connects to {@code remote}; {@code callback} is told in the poll phase, a refusal that the kernel knows of at once in
     * the pending phase. Writes made meanwhile are queued. A failed connect leaves the handle open.
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
        if (delayedErrno != 0) {
            failConnect(delayedErrno, callback);
            return;
        }
        openSocket(remote.kernelFamily());
        int length = remote.write(memory.address);
        int result = Sockets.connect(fd(), memory.address, length);
        while (result == -Errno.EINTR) {
            result = Sockets.connect(fd(), memory.address, length);
        }
        awaitConnect(result, callback);
    }

    private void requireNoDelayedError(String call) {
        if (delayedErrno != 0) {
            check(-delayedErrno, call);
        }
    }

    // ---- addresses -----------------------------------------------------------------------------------------------

    /**
     * Its own address: what it is bound to, or what the kernel chose at listen or connect.
     *
     * @throws UsageException EBADF where it has no socket
     * @throws SystemException EADDRINUSE, delayed from bind
     */
    public SocketAddress localAddress() {
        requireSocket("getsockname");
        requireNoDelayedError("getsockname");
        memory.length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
        check(Sockets.getsockname(fd(), memory.address, memory.length), "getsockname");
        return SocketAddress.read(memory.address);
    }

    /**
     * The address of its peer.
     *
     * @throws UsageException EBADF where it has no socket
     * @throws SystemException ENOTCONN
     */
    public SocketAddress remoteAddress() {
        requireSocket("getpeername");
        memory.length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
        check(Sockets.getpeername(fd(), memory.address, memory.length), "getpeername");
        return SocketAddress.read(memory.address);
    }

    /** The address of its peer; null where that has gone already. */
    SocketAddress remoteAddressIfAny() {
        try {
            return remoteAddress();
        } catch (SystemException gone) {
            return null;
        }
    }

    private void requireSocket(String call) {
        loop().core().checkThread();
        if (fd() < 0) {
            throw new UsageException("EBADF", call + " without a socket: " + this);
        }
    }

    // ---- options -------------------------------------------------------------------------------------------------

    /** Sends small writes at once instead of gathering them while data is unacknowledged: TCP_NODELAY, tcp(7). */
    public void setNoDelay(boolean on) {
        requireOpen("setNoDelay");
        noDelay = on;
        if (fd() >= 0) {
            setOption(Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, on ? 1 : 0);
        }
    }

    /**
     * Probes a peer that has been silent for {@code idleSeconds}: SO_KEEPALIVE and TCP_KEEPIDLE, tcp(7).
     *
     * @param idleSeconds 1 to 32767; 0 leaves what the system has, 7200 by default; ignored with {@code on} false
     */
    public void setKeepAlive(boolean on, int idleSeconds) {
        requireOpen("setKeepAlive");
        if (on && (idleSeconds < 0 || idleSeconds > MOST_IDLE_SECONDS)) {
            throw new UsageException("EINVAL", "idleSeconds must be 0 to " + MOST_IDLE_SECONDS + ": " + idleSeconds);
        }
        keepAlive = new KeepAlive(on, idleSeconds);
        if (fd() >= 0) {
            applyKeepAlive();
        }
    }

    private void applyKeepAlive() {
        setOption(Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, keepAlive.on ? 1 : 0);
        if (keepAlive.on && keepAlive.idleSeconds > 0) {
            setOption(Sockets.IPPROTO_TCP, Sockets.TCP_KEEPIDLE, keepAlive.idleSeconds);
        }
    }

    private void setOption(int level, int name, int value) {
        check(Sockets.setsockopt(fd(), level, name, value), "setsockopt");
    }

    // ---- closing -------------------------------------------------------------------------------------------------

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

    /** As {@link #closeReset}, also while a shutdown is under way: that is cancelled, and the peer learns that it got less. */
    void reset(Runnable callback) {
        if (fd() >= 0) {
            lingerForNothing();
        }
        close(callback);
    }

    /** struct linger {1, 0}: close(2) discards what is unsent and sends RST, socket(7). */
    private void lingerForNothing() {
        memory.linger.set(ValueLayout.JAVA_INT, 0, 1);
        int result = Sockets.setsockopt(fd(), Sockets.SOL_SOCKET, Sockets.SO_LINGER, memory.linger, 8);
        if (result != -Errno.EINVAL) { // which says that it was shut down behind our back, and has nothing to discard
            check(result, "setsockopt");
        }
    }
}
