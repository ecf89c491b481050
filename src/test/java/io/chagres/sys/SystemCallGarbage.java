package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.chagres.fixture.Allocations;
import java.lang.foreign.MemorySegment;

/** Repeats system calls with memory of the kind that its argument says, "native" or "heap", and prints those that make garbage. */
final class SystemCallGarbage {

    private static final int CALLS = 100_000;

    /** The bytes that the measurement itself may leave, far less than one object a call. */
    private static final long TOLERATED = 10_000;

    private interface Call {
        long run();
    }

    private final MemorySegment memory = Memory.allocate(4096);
    private final MemorySegment heap = MemorySegment.ofArray(new byte[65_536]);
    private final int one;
    private final int other;

    private SystemCallGarbage() {
        MemorySegment ends = Memory.allocate(8);
        expect("socketpair", 0, Sockets.socketpair(Sockets.AF_UNIX, SysTest.STREAM, 0, ends));
        one = ends.get(JAVA_INT, 0);
        other = ends.get(JAVA_INT, 4);
    }

    public static void main(String[] args) {
        SystemCallGarbage calls = new SystemCallGarbage();
        switch (args[0]) {
            case "native" -> {
                calls.nativeBytes();
                calls.events();
                calls.socketOptions();
            }
            case "heap" -> calls.heapBytes();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private void nativeBytes() {
        measure("recv that finds nothing", -Errno.EAGAIN, () -> Sockets.recv(one, memory, 4096, 0));
        measure(
                "send and recv",
                128,
                () -> Sockets.send(one, memory, 64, Sockets.MSG_NOSIGNAL) + Sockets.recv(other, memory, 4096, 0));
        measure(
                "send and recv through the bounce",
                128,
                () -> Sockets.sendBounced(one, heap, 0, 64, Sockets.MSG_NOSIGNAL)
                        + Sockets.recvBounced(other, heap, 0, 4096, 0));
    }

    private void events() {
        int epfd = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        int fd = EventFd.eventfd(1, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        MemorySegment errno = Memory.allocate(Integer.BYTES);
        EpollEvent.set(memory, 0, Epoll.EPOLLIN, 7);
        expect("epoll_ctl", 0, Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, memory));
        measure("epoll_ctl", 0, () -> Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_MOD, fd, memory));
        measure("epoll_ctl that fails", -Errno.EEXIST, () -> Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, memory));
        measure("a wake-up", 0, () -> EventFd.wake(fd, errno));
        measure("epoll_wait", 8, () -> Epoll.epoll_wait(epfd, memory, 4, 0) + EpollEvent.data(memory, 0));
    }

    private void socketOptions() {
        int fd = Sockets.socket(Sockets.AF_INET, SysTest.STREAM, 0);
        measure("setsockopt", 0, () -> Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1));
        measure("getsockopt", 1, () -> Sockets.getsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY));
    }

    private void heapBytes() {
        measure("recv that finds nothing", -Errno.EAGAIN, () -> Sockets.recv(one, heap, 4096, 0));
        measure(
                "send and recv",
                128,
                () -> Sockets.send(one, heap, 64, Sockets.MSG_NOSIGNAL) + Sockets.recv(other, heap, 4096, 0));
        measure(
                "send and recv from the middle",
                128,
                () -> Sockets.send(one, heap, 64, 64, Sockets.MSG_NOSIGNAL) + Sockets.recv(other, heap, 4096, 4096, 0));
    }

    /** Prints what the best of many rounds of calls leaves, if it is too much. */
    private static void measure(String what, long expected, Call call) {
        long bytes = Allocations.steadyState(TOLERATED, () -> {
            for (int i = 0; i < CALLS; i++) {
                expect(what, expected, call.run());
            }
        });
        if (bytes > TOLERATED) {
            System.out.println(what + ": " + bytes + " bytes in " + CALLS + " calls");
        }
    }

    private static void expect(String what, long expected, long actual) {
        if (expected != actual) {
            throw new IllegalStateException(what + " returned " + actual + " instead of " + expected);
        }
    }
}
