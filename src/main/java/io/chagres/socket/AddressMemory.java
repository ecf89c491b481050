package io.chagres.socket;

import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Errno;
import io.chagres.sys.Region;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import io.chagres.sys.TcpInfoFields;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** The native memory of one loop for the addresses and structs of TCP sockets, with the calls that read and write it. */
final class AddressMemory implements AutoCloseable {

    private static final int LINGER_BYTES = 2 * Integer.BYTES;

    private final Region region = Region.shared(SockAddr.SIZE, Integer.BYTES, LINGER_BYTES, TcpInfoFields.ROOM);
    private final MemorySegment address = region.allocate(SockAddr.SIZE);
    private final MemorySegment length = region.allocate(Integer.BYTES);
    private final MemorySegment linger = region.allocate(LINGER_BYTES);
    private final MemorySegment info = region.allocate(TcpInfoFields.ROOM);
    /** The size of the last peer's address: the next peer usually has the same family. */
    private int peerBytes = SockAddr.INET_BYTES;

    /** Makes the memory of {@code loop}, and returns the loop. If there is no memory, this fails before a handle is registered. */
    static Loop prepare(Loop loop) {
        LoopCore core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
        core.checkThread();
        of(core);
        return loop;
    }

    /** Returns the memory of the loop. */
    static AddressMemory of(LoopCore core) {
        return core.local(AddressMemory.class, AddressMemory::new);
    }

    /** Writes the sockaddr of {@code value} and returns its length in bytes. */
    private int write(SocketAddress value) {
        return SockAddr.putIp(address, value.ip(), value.port(), value.scopeId());
    }

    /** Calls bind(2); returns 0 or -errno. */
    int bind(int fd, SocketAddress local) {
        return Sockets.bind(fd, address, write(local));
    }

    /**
     * Calls connect(2), again if a signal interrupts it; returns 0 or -errno. The interrupted call has begun the connect, so EALREADY
     * and EISCONN of the repeated call mean EINPROGRESS.
     */
    int connect(int fd, SocketAddress remote) {
        int bytes = write(remote);
        int result = Sockets.connect(fd, address, bytes);
        while (result == -Errno.EINTR) {
            result = Sockets.connect(fd, address, bytes);
            result = result == -Errno.EALREADY || result == -Errno.EISCONN ? -Errno.EINPROGRESS : result;
        }
        return result;
    }

    /**
     * Returns the address that the kernel has written.
     *
     * @throws UsageException EAFNOSUPPORT if it is no IP address: a socket pair has AF_UNIX
     */
    SocketAddress read() {
        byte[] ip = SockAddr.ip(address);
        if (ip.length == 0) {
            throw new UsageException("EAFNOSUPPORT", "no IP address, but one of family " + SockAddr.family(address));
        }
        return SocketAddress.of(ip, SockAddr.scopeId(address), SockAddr.port(address));
    }

    /** Sets the length that the next call reads: the bytes that the kernel may write. */
    private void room(int bytes) {
        length.set(ValueLayout.JAVA_INT, 0, bytes);
    }

    /** Asks for the address of {@code fd}; returns 0 or -errno. {@link #read()} then returns the address. */
    int getsockname(int fd) {
        room(SockAddr.SIZE);
        return Sockets.getsockname(fd, address, length);
    }

    /** Asks for the address of the peer of {@code fd}; returns 0 or -errno. {@link #read()} then returns the address. */
    int getpeername(int fd) {
        room(SockAddr.SIZE);
        return Sockets.getpeername(fd, address, length);
    }

    /** Asks for TCP_INFO of {@code fd}; returns 0 or -errno. {@link #readTcpInfo()} then returns the numbers. */
    int getTcpInfo(int fd) {
        room(TcpInfoFields.ROOM);
        return Sockets.getsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_INFO, info, length);
    }

    /** Returns the numbers that the kernel has written. */
    TcpInfo readTcpInfo() {
        return TcpInfo.read(info, length.get(ValueLayout.JAVA_INT, 0));
    }

    /**
     * Sets SO_LINGER to {@code struct linger {1, 0}}: close(2) then discards unsent bytes and sends RST, see socket(7). Returns 0 or
     * -errno.
     */
    int setLingerZero(int fd) {
        linger.set(ValueLayout.JAVA_INT, 0, 1); // l_onoff; l_linger is 0 from the start
        return Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_LINGER, linger, LINGER_BYTES);
    }

    /** Returns the end that {@code fd} is bound to; null if it is not bound to a port. */
    @Nullable
    End local(int fd) {
        return getsockname(fd) < 0 || SockAddr.port(address) == 0 ? null : end();
    }

    /** Returns both ends of {@code fd}. */
    Endpoints ends(int fd) {
        return new Endpoints(local(fd), peer(fd));
    }

    /**
     * Returns the end of the peer; null if {@code fd} was never connected. After a reset, and after both sides have ended,
     * getpeername(2) fails with ENOTCONN, but SO_PEERNAME still answers: see inet_getname() in the kernel's net/ipv4/af_inet.c.
     */
    @Nullable
    End peer(int fd) {
        if (askPeer(fd, peerBytes)) {
            return end();
        }
        int otherBytes = peerBytes == SockAddr.INET_BYTES ? SockAddr.INET6_BYTES : SockAddr.INET_BYTES;
        if (askPeer(fd, otherBytes)) {
            peerBytes = otherBytes;
            return end();
        }
        return getpeername(fd) < 0 ? null : end();
    }

    /**
     * Asks for SO_PEERNAME with room for {@code bytes}; returns whether the address has this size. The kernel cuts a longer address,
     * and answers EINVAL if the address is shorter.
     */
    private boolean askPeer(int fd, int bytes) {
        room(bytes);
        return Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_PEERNAME, address, length) >= 0
                && sizeOfAddress() == bytes;
    }

    private int sizeOfAddress() {
        return SockAddr.family(address) == Sockets.AF_INET6 ? SockAddr.INET6_BYTES : SockAddr.INET_BYTES;
    }

    /** Returns the end that the kernel has written; null if it is no IP address: a socket pair has AF_UNIX. */
    private @Nullable End end() {
        int family = SockAddr.family(address);
        boolean isIp = family == Sockets.AF_INET || family == Sockets.AF_INET6;
        return isIp ? End.of(read()) : null;
    }

    @Override
    public void close() {
        region.close();
    }
}
