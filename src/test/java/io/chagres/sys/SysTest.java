package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.OpenDescriptors;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** The base of tests of system calls. After each test it closes the descriptors, and checks that none is left. */
@ExtendWith(HangGuard.class)
abstract class SysTest {

    static final int STREAM = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;

    private final List<Integer> opened = new ArrayList<>();
    private OpenDescriptors before;

    @BeforeEach
    final void lookAtWhatIsOpen() {
        assertTrue(SelfCheck.isAvailable(), SelfCheck.unavailabilityCause());
        before = OpenDescriptors.now();
    }

    @AfterEach
    final void nothingIsLeftOpen() {
        opened.forEach(Descriptors::close);
        assertEquals(Map.of(), OpenDescriptors.now().since(before));
    }

    /** Registers a descriptor that is closed after the test; -errno fails the test. */
    final int opened(int fd) {
        assertTrue(fd >= 0, () -> Errno.name(fd));
        opened.add(fd);
        return fd;
    }

    /** Closes a descriptor now instead of after the test. */
    final void close(int fd) {
        assertTrue(opened.remove((Integer) fd));
        assertEquals(0, Descriptors.close(fd));
    }

    /** A number that is no descriptor. */
    static int closed() {
        return 1 << 20;
    }

    final int tcp() {
        return opened(Sockets.socket(Sockets.AF_INET, STREAM, 0));
    }

    /** Skips the test if the kernel has no IPv6. */
    final int tcp6() {
        int fd = Sockets.socket(Sockets.AF_INET6, STREAM, 0);
        assumeTrue(fd != -Errno.EAFNOSUPPORT);
        return opened(fd);
    }

    final int unix() {
        return opened(Sockets.socket(Sockets.AF_UNIX, STREAM, 0));
    }

    /** A listening TCP socket on a free port of 127.0.0.1. */
    final int listener() {
        int fd = tcp();
        assertEquals(0, Sockets.bind(fd, loopback(0), 16));
        assertEquals(0, Sockets.listen(fd, Sockets.SOMAXCONN));
        return fd;
    }

    final int[] pair() {
        return pair(STREAM);
    }

    final int[] pair(int type) {
        MemorySegment sv = Memory.allocate(8);
        assertEquals(0, Sockets.socketpair(Sockets.AF_UNIX, type, 0, sv));
        return new int[] {opened(sv.getAtIndex(JAVA_INT, 0)), opened(sv.getAtIndex(JAVA_INT, 1))};
    }

    final int[] pipe() {
        MemorySegment fds = Memory.allocate(8);
        assertEquals(0, Descriptors.pipe2(fds, Descriptors.O_NONBLOCK | Descriptors.O_CLOEXEC));
        return new int[] {opened(fds.getAtIndex(JAVA_INT, 0)), opened(fds.getAtIndex(JAVA_INT, 1))};
    }

    static MemorySegment loopback(int port) {
        MemorySegment addr = Memory.allocate(SockAddr.SIZE);
        assertEquals(16, SockAddr.putInet(addr, new byte[] {127, 0, 0, 1}, port));
        return addr;
    }

    static MemorySegment int32(int value) {
        MemorySegment segment = Memory.allocate(4);
        segment.set(JAVA_INT, 0, value);
        return segment;
    }

    static int port(int fd) {
        MemorySegment addr = Memory.allocate(SockAddr.SIZE);
        assertEquals(0, Sockets.getsockname(fd, addr, int32(SockAddr.SIZE)));
        return SockAddr.port(addr);
    }

    /** Waits until a descriptor has an event, and returns its events. */
    final int await(int fd, int interest) {
        int epfd = opened(Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC));
        MemorySegment event = Memory.allocate(EpollEvent.size());
        EpollEvent.set(event, 0, interest, 0);
        assertEquals(0, Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, event));
        assertEquals(1, Epoll.epoll_wait(epfd, event, 1, 10_000));
        close(epfd);
        return EpollEvent.events(event, 0);
    }

    static byte[] bytes(MemorySegment segment, long count) {
        return segment.asSlice(0, count).toArray(JAVA_BYTE);
    }
}
