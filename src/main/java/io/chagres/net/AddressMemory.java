package io.chagres.net;

import io.chagres.sys.Memory;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import io.chagres.sys.TcpInfoFields;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The native memory of one loop for addresses and lengths that are passed to the kernel, and the questions about both ends. */
final class AddressMemory {

    final MemorySegment address = Memory.allocate(SockAddr.SIZE);
    final MemorySegment length = Memory.allocate(4);
    final MemorySegment linger = Memory.allocate(8);
    final MemorySegment info = Memory.allocate(TcpInfoFields.ROOM);

    void room(int bytes) {
        length.set(ValueLayout.JAVA_INT, 0, bytes);
    }

    /** The address that {@code fd} is bound to; null if it is not bound to a port. */
    SocketAddress local(int fd) {
        room(SockAddr.SIZE);
        int result = Sockets.getsockname(fd, address, length);
        SocketAddress local = result < 0 ? null : SocketAddress.readIfAny(address);
        return local == null || local.port() == 0 ? null : local;
    }

    /** The address of the peer; null if {@code fd} was never connected. */
    SocketAddress peer(int fd) {
        room(SockAddr.SIZE);
        int result = Sockets.getpeername(fd, address, length);
        return result < 0 ? formerPeer(fd) : SocketAddress.readIfAny(address);
    }

    /** As {@link #peer(int)}, in one system call: of a socket whose own address, which says the family, is known. */
    SocketAddress peer(int fd, SocketAddress local) {
        boolean isKnown = local != null && askFormerPeer(fd, local.isIPv6() ? SockAddr.INET6_BYTES : SockAddr.INET_BYTES);
        return isKnown ? SocketAddress.readIfAny(address) : peer(fd);
    }

    /** After a reset, getpeername(2) fails with ENOTCONN, and SO_PEERNAME still answers: inet_getname() of net/ipv4/af_inet.c. */
    private SocketAddress formerPeer(int fd) {
        return askFormerPeer(fd, SockAddr.INET6_BYTES) || askFormerPeer(fd, SockAddr.INET_BYTES)
            ? SocketAddress.readIfAny(address) : null;
    }

    /** The kernel answers EINVAL if its address is shorter than {@code bytes}. */
    private boolean askFormerPeer(int fd, int bytes) {
        room(bytes);
        return Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_PEERNAME, address, length) >= 0;
    }
}
