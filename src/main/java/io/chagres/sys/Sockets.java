package io.chagres.sys;

import static io.chagres.sys.Libc.call;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * The system calls of {@code <sys/socket.h>}: socket(2), bind(2), connect(2), recv(2), send(2) and their family, with
 * the options of socket(7), tcp(7), ip(7) and ipv6(7).
 *
 * <p>Every method returns the result of the kernel, or {@code -errno}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 */
public final class Sockets {

    public static final int AF_UNSPEC = 0;
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;

    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;

    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_TYPE = 3;
    public static final int SO_ERROR = 4;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_KEEPALIVE = 9;
    public static final int SO_LINGER = 13;
    public static final int SO_REUSEPORT = 15;
    public static final int SO_PEERCRED = 17;
    public static final int SO_PEERNAME = 28;
    public static final int SO_ACCEPTCONN = 30;
    public static final int SO_PROTOCOL = 38;
    public static final int SO_DOMAIN = 39;
    public static final int SO_INCOMING_CPU = 49;
    public static final int SO_ATTACH_REUSEPORT_CBPF = 51;

    public static final int IPPROTO_TCP = 6;
    public static final int TCP_NODELAY = 1;
    public static final int TCP_CORK = 3;
    public static final int TCP_KEEPIDLE = 4;
    public static final int TCP_KEEPINTVL = 5;
    public static final int TCP_KEEPCNT = 6;
    public static final int TCP_DEFER_ACCEPT = 9;
    public static final int TCP_INFO = 11;
    public static final int TCP_QUICKACK = 12;
    public static final int TCP_CONGESTION = 13;
    public static final int TCP_USER_TIMEOUT = 18;
    public static final int TCP_FASTOPEN = 23;
    public static final int TCP_NOTSENT_LOWAT = 25;
    public static final int TCP_FASTOPEN_CONNECT = 30;

    public static final int IPPROTO_IP = 0;
    public static final int IP_TOS = 1;

    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_V6ONLY = 26;
    public static final int IPV6_TCLASS = 67;

    public static final int MSG_OOB = 0x1;
    public static final int MSG_PEEK = 0x2;
    public static final int MSG_CTRUNC = 0x8;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_MORE = 0x8000;
    public static final int MSG_CMSG_CLOEXEC = 0x4000_0000;

    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;

    public static final int SCM_RIGHTS = 1;

    /**
     * The largest backlog that listen(2) respects by default, since Linux 5.4. {@code net.core.somaxconn} is the
     * limit in force.
     */
    public static final int SOMAXCONN = 4096;

    private static final CFunction SOCKET = Libc.plain("socket");
    private static final CFunction SETSOCKOPT = Libc.plain("setsockopt");
    private static final CFunction BIND = Libc.plain("bind");
    private static final CFunction LISTEN = Libc.plain("listen");
    private static final CFunction GETSOCKNAME = Libc.plain("getsockname");
    private static final CFunction ACCEPT4 = Libc.plain("accept4");
    private static final CFunction SHUTDOWN = Libc.plain("shutdown");

    /** The calls that a plain server does not need at its start. They are linked at their first use. */
    private static final class Later {
        static final CFunction CONNECT = Libc.plain("connect");
        static final CFunction GETPEERNAME = Libc.plain("getpeername");
        static final CFunction GETSOCKOPT = Libc.plain("getsockopt");
        static final CFunction SOCKETPAIR = Libc.plain("socketpair");
        static final CFunction RECV = Libc.plain("recv");
        static final CFunction SEND = Libc.plain("send");
        static final CFunction SENDMSG = Libc.plain("sendmsg");
        static final CFunction RECVMSG = Libc.plain("recvmsg");
    }

    private Sockets() {}

    /**
     * socket(2): returns a new descriptor. EAFNOSUPPORT if the kernel has no such family (IPv6 is switched off),
     * EMFILE, ENFILE.
     */
    public static int socket(int domain, int type, int protocol) {
        return call(SOCKET, domain, type, protocol);
    }

    /**
     * bind(2). EADDRINUSE, EADDRNOTAVAIL, EACCES (a port below 1024). For AF_UNIX also ENOENT, and EADDRINUSE if the
     * file exists.
     */
    public static int bind(int fd, MemorySegment addr, int addrlen) {
        return call(BIND, fd, addr, addrlen, 0);
    }

    /** listen(2). EADDRINUSE if another socket listens at the address already. */
    public static int listen(int fd, int backlog) {
        return call(LISTEN, fd, backlog, 0);
    }

    /**
     * accept4(2): returns the descriptor of the connection. EAGAIN, ECONNABORTED, EMFILE, ENFILE. {@code addr} and
     * {@code addrlen} may be NULL.
     */
    public static int accept4(int fd, MemorySegment addr, MemorySegment addrlen, int flags) {
        return call(ACCEPT4, fd, addr, addrlen, flags);
    }

    /**
     * connect(2): returns 0, or -EINPROGRESS for TCP: then SO_ERROR has the result once the socket is writable. For
     * AF_UNIX, EAGAIN means that the backlog is full.
     */
    public static int connect(int fd, MemorySegment addr, int addrlen) {
        return call(Later.CONNECT, fd, addr, addrlen, 0);
    }

    /** shutdown(2). ENOTCONN. */
    public static int shutdown(int fd, int how) {
        return call(SHUTDOWN, fd, how, 0);
    }

    /**
     * getsockname(2): {@code addrlen} is the size of {@code addr} before the call and the length of the address after
     * it. EBADF.
     */
    public static int getsockname(int fd, MemorySegment addr, MemorySegment addrlen) {
        return call(GETSOCKNAME, fd, addr, addrlen, 0);
    }

    /** getpeername(2), with the arguments of {@link #getsockname}. ENOTCONN. */
    public static int getpeername(int fd, MemorySegment addr, MemorySegment addrlen) {
        return call(Later.GETPEERNAME, fd, addr, addrlen, 0);
    }

    /**
     * getsockopt(2): {@code optlen} is the size of {@code optval} before the call and the length of the value after
     * it. ENOPROTOOPT.
     */
    public static int getsockopt(int fd, int level, int optname, MemorySegment optval, MemorySegment optlen) {
        return call(Later.GETSOCKOPT, fd, level, optname, optval, optlen);
    }

    /**
     * getsockopt(2) of an option that is an int: returns its 32 bits as a number >= 0, or -errno. The caller casts
     * the result to int if -1 is a value of the option, as it is of SO_INCOMING_CPU.
     */
    public static long getsockopt(int fd, int level, int optname) {
        MemorySegment slab = Scratch.slab();
        slab.set(JAVA_INT, Scratch.LENGTH, Integer.BYTES);
        long slot = slab.address();
        int result = call(Later.GETSOCKOPT, fd, level, optname, slot + Scratch.VALUE, slot + Scratch.LENGTH);
        return result < 0 ? result : Integer.toUnsignedLong(slab.get(JAVA_INT, Scratch.VALUE));
    }

    /** setsockopt(2). ENOPROTOOPT, EINVAL. */
    public static int setsockopt(int fd, int level, int optname, MemorySegment optval, int optlen) {
        return call(SETSOCKOPT, fd, level, optname, optval, optlen);
    }

    /** setsockopt(2) of an option that is an int. ENOPROTOOPT, EINVAL. */
    public static int setsockopt(int fd, int level, int optname, int value) {
        MemorySegment slab = Scratch.slab();
        slab.set(JAVA_INT, Scratch.VALUE, value);
        return call(SETSOCKOPT, fd, level, optname, slab.address() + Scratch.VALUE, Integer.BYTES);
    }

    /** socketpair(2): writes two ints to {@code sv}. EMFILE. */
    public static int socketpair(int domain, int type, int protocol, MemorySegment sv) {
        return call(Later.SOCKETPAIR, domain, type, protocol, sv, 0);
    }

    /**
     * sendmsg(2): returns the number of bytes sent. EAGAIN, EPIPE, EBADF if a descriptor that is passed is not open.
     * See {@link MsgHdr}.
     */
    public static long sendmsg(int fd, MemorySegment msg, int flags) {
        return Libc.size(Later.SENDMSG, fd, msg, flags);
    }

    /** recvmsg(2): returns the number of bytes received, 0 at end of file. EAGAIN. See {@link MsgHdr}. */
    public static long recvmsg(int fd, MemorySegment msg, int flags) {
        return Libc.size(Later.RECVMSG, fd, msg, flags);
    }

    /** recv(2) to the beginning of {@code buf}: see {@link #recv(int, MemorySegment, long, long, int)}. */
    public static long recv(int fd, MemorySegment buf, long len, int flags) {
        return recv(fd, buf, 0, len, flags);
    }

    /**
     * recv(2), <b>always with MSG_DONTWAIT</b>: with a heap segment the call is critical and must not block.
     *
     * <p>Returns the number of bytes received, 0 at end of file. EAGAIN, ECONNRESET, EFAULT if {@code offset} and
     * {@code len} exceed the segment. {@code buf} may be a heap segment (on JDK 22 and 23 at most 64 KiB a call
     * then), or a segment of an arena that can be closed: see {@link Buffers}.
     *
     * @throws IllegalStateException if the arena of {@code buf} is closed
     * @throws WrongThreadException if the arena of {@code buf} is confined to another thread
     */
    public static long recv(int fd, MemorySegment buf, long offset, long len, int flags) {
        if (Memory.outside(buf, offset, len)) {
            return -Errno.EFAULT;
        }
        if (buf.isNative()) {
            return Buffers.lasts(buf)
                    ? Libc.size(Later.RECV, fd, buf, offset, len, flags | MSG_DONTWAIT)
                    : Libc.holding(ArenaCalls.RECV, fd, buf, offset, len, flags | MSG_DONTWAIT);
        }
        return Libc.CRITICAL
                ? Libc.holding(HeapCalls.RECV, fd, buf, offset, len, flags | MSG_DONTWAIT)
                : recvBounced(fd, buf, offset, len, flags);
    }

    /** send(2) from the beginning of {@code buf}: see {@link #send(int, MemorySegment, long, long, int)}. */
    public static long send(int fd, MemorySegment buf, long len, int flags) {
        return send(fd, buf, 0, len, flags);
    }

    /**
     * send(2), <b>always with MSG_DONTWAIT</b>: with a heap segment the call is critical and must not block.
     *
     * <p>Returns the number of bytes sent, which may be less than {@code len}. EAGAIN, EPIPE (without MSG_NOSIGNAL
     * also a signal, which the JVM ignores), ECONNRESET, EFAULT if {@code offset} and {@code len} exceed the segment.
     * {@code buf} may be a heap segment (on JDK 22 and 23 at most 64 KiB a call then), or a segment of an arena that
     * can be closed: see {@link Buffers}.
     *
     * @throws IllegalStateException if the arena of {@code buf} is closed
     * @throws WrongThreadException if the arena of {@code buf} is confined to another thread
     */
    public static long send(int fd, MemorySegment buf, long offset, long len, int flags) {
        if (Memory.outside(buf, offset, len)) {
            return -Errno.EFAULT;
        }
        if (buf.isNative()) {
            return Buffers.lasts(buf)
                    ? Libc.size(Later.SEND, fd, buf, offset, len, flags | MSG_DONTWAIT)
                    : Libc.holding(ArenaCalls.SEND, fd, buf, offset, len, flags | MSG_DONTWAIT);
        }
        return Libc.CRITICAL
                ? Libc.holding(HeapCalls.SEND, fd, buf, offset, len, flags | MSG_DONTWAIT)
                : sendBounced(fd, buf, offset, len, flags);
    }

    static long recvBounced(int fd, MemorySegment heap, long offset, long len, int flags) {
        MemorySegment bounce = Scratch.bounce();
        long received = recv(fd, bounce, Math.min(len, Scratch.BOUNCE_BYTES), flags);
        if (received > 0) {
            MemorySegment.copy(bounce, JAVA_BYTE, 0, heap, JAVA_BYTE, offset, received);
        }
        return received;
    }

    static long sendBounced(int fd, MemorySegment heap, long offset, long len, int flags) {
        MemorySegment bounce = Scratch.bounce();
        long count = Math.min(len, Scratch.BOUNCE_BYTES);
        MemorySegment.copy(heap, JAVA_BYTE, offset, bounce, JAVA_BYTE, 0, count);
        return send(fd, bounce, count, flags);
    }
}
