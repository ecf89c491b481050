package io.chagres.sys;

import static java.lang.foreign.MemorySegment.NULL;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketsTest extends SysTest {

    @Test
    void aSocketIsNonBlockingAndCloseOnExecFromBirth() {
        int fd = tcp();
        assertEquals(Descriptors.FD_CLOEXEC, Descriptors.fcntl(fd, Descriptors.F_GETFD, 0));
        int flags = Descriptors.fcntl(fd, Descriptors.F_GETFL, 0);
        assertEquals(Descriptors.O_NONBLOCK, flags & Descriptors.O_NONBLOCK);
    }

    @Test
    void anUnknownFamilyIsRefused() {
        assertEquals(-Errno.EAFNOSUPPORT, Sockets.socket(9999, STREAM, 0));
        assertEquals(-Errno.EINVAL, Sockets.socket(Sockets.AF_INET, 15, 0));
        assertEquals(-Errno.EPROTONOSUPPORT, Sockets.socket(Sockets.AF_INET, STREAM, 200));
    }

    @Test
    void aConnectionIsMadeAndBothEndsKnowTheirAddresses() {
        int listener = listener();
        int client = tcp();
        assertEquals(-Errno.EINPROGRESS, Sockets.connect(client, loopback(port(listener)), 16));
        await(listener, Epoll.EPOLLIN);

        MemorySegment addr = Memory.allocate(SockAddr.SIZE);
        MemorySegment addrlen = int32(SockAddr.SIZE);
        int server = opened(Sockets.accept4(listener, addr, addrlen, STREAM & ~Sockets.SOCK_STREAM));
        assertEquals(16, addrlen.get(JAVA_INT, 0));
        assertEquals(port(client), SockAddr.port(addr));
        assertEquals(Descriptors.FD_CLOEXEC, Descriptors.fcntl(server, Descriptors.F_GETFD, 0));

        await(client, Epoll.EPOLLOUT);
        assertEquals(0, Sockets.getsockopt(client, Sockets.SOL_SOCKET, Sockets.SO_ERROR));
        assertEquals(0, Sockets.getpeername(client, addr, addrlen));
        assertEquals(port(listener), SockAddr.port(addr));
    }

    @Test
    void anAddressInUseIsRefused() {
        int port = port(listener());
        assertEquals(-Errno.EADDRINUSE, Sockets.bind(tcp(), loopback(port), 16));
    }

    @Test
    void anAddressOfAnotherMachineIsRefused() {
        MemorySegment addr = Memory.allocate(SockAddr.SIZE);
        int len = SockAddr.putInet(addr, new byte[] {(byte) 192, 0, 2, 1}, 0);
        assertEquals(-Errno.EADDRNOTAVAIL, Sockets.bind(tcp(), addr, len));
    }

    @Test
    void aBadPointerReturnsEfault() {
        assertEquals(-Errno.EFAULT, Sockets.bind(tcp(), MemorySegment.ofAddress(8), 16));
    }

    @Test
    void onlyStreamsListen() {
        int datagram = opened(Sockets.socket(Sockets.AF_INET, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0));
        assertEquals(-Errno.ENOTSUP, Sockets.listen(datagram, 1));
    }

    @Test
    void acceptWithoutAConnectionReturnsEagain() {
        assertEquals(-Errno.EAGAIN, Sockets.accept4(listener(), NULL, NULL, Sockets.SOCK_CLOEXEC));
    }

    @Test
    void acceptNeedsAListener() {
        assertEquals(-Errno.EINVAL, Sockets.accept4(tcp(), NULL, NULL, Sockets.SOCK_CLOEXEC));
    }

    @Test
    void aRefusedConnectionIsFoundInSoError() {
        int port = freePort();
        int client = tcp();
        int result = Sockets.connect(client, loopback(port), 16);
        assertEquals(-Errno.EINPROGRESS, result, () -> Errno.name(result));
        assertNotEquals(0, await(client, Epoll.EPOLLOUT) & Epoll.EPOLLERR);
        assertEquals(Errno.ECONNREFUSED, Sockets.getsockopt(client, Sockets.SOL_SOCKET, Sockets.SO_ERROR));
        assertEquals(0, Sockets.getsockopt(client, Sockets.SOL_SOCKET, Sockets.SO_ERROR));
    }

    private int freePort() {
        int listener = listener();
        int port = port(listener);
        close(listener);
        return port;
    }

    @Test
    void aSocketFileThatIsNotThereIsAnErrorAtOnce(@TempDir Path dir) {
        MemorySegment addr = Memory.allocate(SockAddr.SIZE);
        int len = SockAddr.putUnix(addr, dir.resolve("none").toString().getBytes(StandardCharsets.UTF_8));
        assertEquals(-Errno.ENOENT, Sockets.connect(unix(), addr, len));
    }

    @Test
    void thePeerOfAShutdownReadsTheEnd() {
        int[] ends = pair();
        assertEquals(0, Sockets.shutdown(ends[0], Sockets.SHUT_WR));
        assertEquals(0, Sockets.recv(ends[1], Memory.allocate(8), 8, 0));
        assertEquals(-Errno.EPIPE, Sockets.send(ends[0], Memory.allocate(8), 8, Sockets.MSG_NOSIGNAL));
    }

    @Test
    void shutdownNeedsAConnection() {
        assertEquals(-Errno.ENOTCONN, Sockets.shutdown(tcp(), Sockets.SHUT_RDWR));
    }

    @Test
    void namesOfAClosedOrUnconnectedSocketAreRefused() {
        MemorySegment addr = Memory.allocate(SockAddr.SIZE);
        assertEquals(-Errno.EBADF, Sockets.getsockname(closed(), addr, int32(SockAddr.SIZE)));
        assertEquals(-Errno.ENOTCONN, Sockets.getpeername(tcp(), addr, int32(SockAddr.SIZE)));
    }

    @Test
    void anIntOptionIsSetAndRead() {
        int fd = tcp();
        assertEquals(0, Sockets.getsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY));
        assertEquals(0, Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1));
        assertEquals(1, Sockets.getsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY));
        assertEquals(-Errno.EBADF, Sockets.getsockopt(closed(), Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY));
        assertEquals(-Errno.ENOPROTOOPT, Sockets.getsockopt(fd, Sockets.SOL_SOCKET, 9999));
        assertEquals(-Errno.ENOPROTOOPT, Sockets.setsockopt(fd, Sockets.SOL_SOCKET, 9999, 1));
        assertEquals(-Errno.EINVAL, Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPCNT, 0));
    }

    @Test
    void aNegativeOptionIsNotMistakenForAnError() {
        long cpu = Sockets.getsockopt(tcp(), Sockets.SOL_SOCKET, Sockets.SO_INCOMING_CPU);
        assertEquals(0xffff_ffffL, cpu);
        assertEquals(-1, (int) cpu);
    }

    @Test
    void theKernelKnowsTheOptionsByTheirNumbers() {
        int fd = tcp();
        assertEquals(Sockets.SOCK_STREAM, Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE));
        assertEquals(Sockets.AF_INET, Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_DOMAIN));
        assertEquals(Sockets.IPPROTO_TCP, Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_PROTOCOL));
        assertEquals(0, Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_ACCEPTCONN));
        assertEquals(1, Sockets.getsockopt(listener(), Sockets.SOL_SOCKET, Sockets.SO_ACCEPTCONN));
        setAndGet(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        setAndGet(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT, 1);
        setAndGet(fd, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, 1);
        setAndGet(fd, Sockets.IPPROTO_TCP, Sockets.TCP_CORK, 1);
        setAndGet(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPIDLE, 71);
        setAndGet(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPINTVL, 72);
        setAndGet(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPCNT, 73);
        setAndGet(fd, Sockets.IPPROTO_TCP, Sockets.TCP_USER_TIMEOUT, 74_000);
        setAndGet(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NOTSENT_LOWAT, 75_000);
        setAndGet(fd, Sockets.IPPROTO_TCP, Sockets.TCP_QUICKACK, 1);
        setAndGet(fd, Sockets.IPPROTO_IP, Sockets.IP_TOS, 0x10);
        assertEquals(0, Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_DEFER_ACCEPT, 1));
        assertEquals(1, Sockets.getsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_DEFER_ACCEPT));
    }

    private static void setAndGet(int fd, int level, int option, int value) {
        assertEquals(0, Sockets.setsockopt(fd, level, option, value));
        assertEquals(value, Sockets.getsockopt(fd, level, option));
    }

    @Test
    void theKernelDoublesABufferSize() {
        int fd = tcp();
        assertEquals(0, Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, 50_000));
        assertEquals(100_000, Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF));
        assertEquals(0, Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, 60_000));
        assertEquals(120_000, Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF));
    }

    @Test
    void anOptionMayBeAStruct() {
        int fd = tcp();
        MemorySegment linger = Memory.allocate(8);
        linger.setAtIndex(JAVA_INT, 0, 1);
        linger.setAtIndex(JAVA_INT, 1, 7);
        assertEquals(0, Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_LINGER, linger, 8));
        MemorySegment back = Memory.allocate(16);
        MemorySegment length = int32(16);
        assertEquals(0, Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_LINGER, back, length));
        assertEquals(8, length.get(JAVA_INT, 0));
        assertEquals(7, back.getAtIndex(JAVA_INT, 1));
        assertEquals(-Errno.EINVAL, Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_LINGER, linger, 4));
    }

    @Test
    void theCongestionControlHasAName() {
        MemorySegment name = Memory.allocate(16);
        int result = Sockets.getsockopt(tcp(), Sockets.IPPROTO_TCP, Sockets.TCP_CONGESTION, name, int32(16));
        assertEquals(0, result);
        assertTrue(name.getString(0).matches("[a-z_0-9]+"), () -> name.getString(0));
    }

    @Test
    void aPairKnowsItsPeersProcess() {
        MemorySegment ucred = Memory.allocate(12);
        int result = Sockets.getsockopt(pair()[0], Sockets.SOL_SOCKET, Sockets.SO_PEERCRED, ucred, int32(12));
        assertEquals(0, result);
        assertEquals(ProcessHandle.current().pid(), ucred.get(JAVA_INT, 0));
    }

    @Test
    void ipv6OptionsAreKnown() {
        int fd = tcp6();
        setAndGet(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 1);
        setAndGet(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_TCLASS, 0x10);
    }

    @Test
    void onlyUnixSocketsComeInPairs() {
        MemorySegment sv = Memory.allocate(8);
        assertEquals(-Errno.ENOTSUP, Sockets.socketpair(Sockets.AF_INET, STREAM, 0, sv));
    }
}
