package io.chagres.socket;

import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.sys.Region;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import io.chagres.sys.TcpInfoFields;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The native memory of one loop for addresses and lengths that are passed to the kernel, and the questions about both ends. */
final class AddressMemory implements AutoCloseable {

    private final Region region = Region.shared(SockAddr.SIZE, Integer.BYTES, Long.BYTES, TcpInfoFields.ROOM);
    final MemorySegment address = region.allocate(SockAddr.SIZE);
    final MemorySegment length = region.allocate(4);
    final MemorySegment linger = region.allocate(8);
    final MemorySegment info = region.allocate(TcpInfoFields.ROOM);
    /** The size of the last peer's address, which is that of the next one as a rule. */
    private int peerBytes = SockAddr.INET_BYTES;

    /** Returns {@code loop}, which now has its memory: if there is none, no handle is made that would have to be taken back. */
    static Loop prepare(Loop loop) {
        LoopCore core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
        core.checkThread();
        of(core);
        return loop;
    }

    /** The memory of {@code core}'s loop. */
    static AddressMemory of(LoopCore core) {
        return core.local(AddressMemory.class, AddressMemory::new);
    }

    /** Writes the sockaddr of {@code value}; returns its length. */
    int write(SocketAddress value) {
        return SockAddr.putIp(address, value.ip(), value.port(), value.scopeId());
    }

    /**
     * The address that the kernel has written.
     *
     * @throws UsageException EAFNOSUPPORT if it is of another family, as that of a socket pair
     */
    SocketAddress read() {
        byte[] ip = SockAddr.ip(address);
        if (ip.length == 0) {
            throw new UsageException("EAFNOSUPPORT", "no IP address, but one of family " + SockAddr.family(address));
        }
        return SocketAddress.of(ip, SockAddr.scopeId(address), SockAddr.port(address));
    }

    void room(int bytes) {
        length.set(ValueLayout.JAVA_INT, 0, bytes);
    }

    /** The end that {@code fd} is bound to; null if it is not bound to a port. */
    End local(int fd) {
        room(SockAddr.SIZE);
        return Sockets.getsockname(fd, address, length) < 0 || SockAddr.port(address) == 0 ? null : end();
    }

    /** Both ends. */
    Endpoints ends(int fd) {
        return new Endpoints(local(fd), peer(fd));
    }

    /**
     * The end of the peer; null if {@code fd} was never connected. After a reset, and after both sides have ended, getpeername(2) fails
     * with ENOTCONN, and SO_PEERNAME still answers: inet_getname() of net/ipv4/af_inet.c.
     */
    End peer(int fd) {
        if (askPeer(fd, peerBytes)) {
            return end();
        }
        int otherBytes = peerBytes == SockAddr.INET_BYTES ? SockAddr.INET6_BYTES : SockAddr.INET_BYTES;
        if (askPeer(fd, otherBytes)) {
            peerBytes = otherBytes;
            return end();
        }
        room(SockAddr.SIZE);
        return Sockets.getpeername(fd, address, length) < 0 ? null : end();
    }

    /** The kernel cuts a longer address to {@code bytes}, and answers EINVAL if its own is shorter. */
    private boolean askPeer(int fd, int bytes) {
        room(bytes);
        return Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_PEERNAME, address, length) >= 0
                && sizeOfAddress() == bytes;
    }

    private int sizeOfAddress() {
        return SockAddr.family(address) == Sockets.AF_INET6 ? SockAddr.INET6_BYTES : SockAddr.INET_BYTES;
    }

    /** What the kernel has written; null if it is no IP address, as that of a socket pair. */
    private End end() {
        int family = SockAddr.family(address);
        boolean isIp = family == Sockets.AF_INET || family == Sockets.AF_INET6;
        return isIp ? End.of(read()) : null;
    }

    @Override
    public void close() {
        region.close();
    }
}
