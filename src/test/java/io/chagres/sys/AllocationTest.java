package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Allocations;
import io.chagres.fixture.ForkedJvm;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Once compiled, a system call leaves nothing to the garbage collector, whether it succeeds or fails. */
@Tag("no-qemu")
class AllocationTest extends SysTest {

    private final MemorySegment errno = Memory.allocate(Integer.BYTES);

    private static final int CALLS = 100_000;

    /** The bytes that the measurement itself may leave, far less than one object a call. */
    private static final long TOLERATED = 10_000;

    /** The first rounds are interpreted and half compiled. */
    private interface Call {
        long run();
    }

    private final MemorySegment memory = Memory.allocate(4096);
    private final MemorySegment heap = MemorySegment.ofArray(new byte[65_536]);

    @Test
    void recvWithoutDataLeavesNothing() {
        int fd = pair()[0];
        leavesNothing(() -> Sockets.recv(fd, memory, 4096, 0), -Errno.EAGAIN);
    }

    @Test
    void sendAndRecvOfNativeBytesLeaveNothing() {
        int[] ends = pair();
        leavesNothing(
                () -> Sockets.send(ends[0], memory, 64, Sockets.MSG_NOSIGNAL) + Sockets.recv(ends[1], memory, 4096, 0),
                128);
    }

    /** Runs in a JVM of its own, because the garbage of heap views depends on the kinds of views that the JVM has seen. */
    @Test
    @Tag("host")
    void sendAndRecvOfHeapBytesLeaveNothing() throws Exception {
        assertEquals("", ForkedJvm.run(HeapGarbage.class).output());
    }

    /** The program of that JVM: prints the bytes that a call leaves. */
    static final class HeapGarbage {

        public static void main(String[] args) {
            MemorySegment ends = Memory.allocate(8);
            Sockets.socketpair(Sockets.AF_UNIX, STREAM, 0, ends);
            int one = ends.get(JAVA_INT, 0);
            int other = ends.get(JAVA_INT, 4);
            MemorySegment heap = MemorySegment.ofArray(new byte[65_536]);
            tell(minGarbage(() -> Sockets.recv(one, heap, 4096, 0), -Errno.EAGAIN), "recv that finds nothing");
            tell(
                    minGarbage(
                            () -> Sockets.send(one, heap, 64, Sockets.MSG_NOSIGNAL)
                                    + Sockets.recv(other, heap, 4096, 0),
                            128),
                    "send and recv");
            tell(
                    minGarbage(
                            () -> Sockets.send(one, heap, 64, 64, Sockets.MSG_NOSIGNAL)
                                    + Sockets.recv(other, heap, 4096, 4096, 0),
                            128),
                    "send and recv from the middle");
        }

        private static void tell(long bytes, String what) {
            if (bytes > TOLERATED) {
                System.out.println(what + ": " + bytes + " bytes in " + CALLS + " calls");
            }
        }
    }

    @Test
    void sendAndRecvThroughTheBounceLeaveNothing() {
        int[] ends = pair();
        leavesNothing(
                () -> Sockets.sendBounced(ends[0], heap, 0, 64, Sockets.MSG_NOSIGNAL)
                        + Sockets.recvBounced(ends[1], heap, 0, 4096, 0),
                128);
    }

    @Test
    void waitingForEventsLeavesNothing() {
        int epfd = opened(Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC));
        int fd = opened(EventFd.eventfd(1, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK));
        EpollEvent.set(memory, 0, Epoll.EPOLLIN, 7);
        assertEquals(0, Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, memory));
        leavesNothing(() -> Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_MOD, fd, memory), 0);
        leavesNothing(() -> Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, memory), -Errno.EEXIST);
        leavesNothing(() -> EventFd.wake(fd, errno), 0);
        leavesNothing(() -> Epoll.epoll_wait(epfd, memory, 4, 0) + EpollEvent.data(memory, 0), 8);
    }

    @Test
    void socketOptionsLeaveNothing() {
        int fd = tcp();
        leavesNothing(() -> Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1), 0);
        leavesNothing(() -> Sockets.getsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY), 1);
    }

    private static void leavesNothing(Call call, long expected) {
        long min = minGarbage(call, expected);
        assertTrue(min <= TOLERATED, min + " bytes in " + CALLS + " calls");
    }

    /** Returns the bytes that the best of many rounds of calls left. */
    private static long minGarbage(Call call, long expected) {
        return Allocations.steadyState(TOLERATED, () -> {
            for (int i = 0; i < CALLS; i++) {
                assertSame(expected, call.run());
            }
        });
    }

    private static void assertSame(long expected, long actual) {
        if (expected != actual) {
            assertEquals(expected, actual);
        }
    }
}
