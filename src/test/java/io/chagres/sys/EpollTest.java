package io.chagres.sys;

import static java.lang.foreign.MemorySegment.NULL;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class EpollTest extends SysTest {

    private final MemorySegment errno = Memory.allocate(Integer.BYTES);

    private final MemorySegment events = Memory.allocate(4L * EpollEvent.size());

    private int epoll() {
        return opened(Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC));
    }

    private int ctl(int epfd, int op, int fd, int interest, long data) {
        EpollEvent.set(events, 0, interest, data);
        return Epoll.epoll_ctl(epfd, op, fd, events);
    }

    private int eventfd(int value) {
        return opened(EventFd.eventfd(value, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK));
    }

    @Test
    void theDescriptorIsCloseOnExec() {
        assertEquals(Descriptors.FD_CLOEXEC, Descriptors.fcntl(epoll(), Descriptors.F_GETFD, 0));
        assertEquals(-Errno.EINVAL, Epoll.epoll_create1(1));
    }

    @Test
    void readyDescriptorsAreReturnedWithTheirData() {
        int epfd = epoll();
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_ADD, eventfd(1), Epoll.EPOLLIN, -2));
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_ADD, eventfd(0), Epoll.EPOLLIN | Epoll.EPOLLOUT, Long.MIN_VALUE + 3));
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_ADD, eventfd(0), Epoll.EPOLLIN, 5));
        assertEquals(2, Epoll.epoll_wait(epfd, events, 4, 1000));
        int first = EpollEvent.data(events, 0) == -2 ? 0 : 1;
        assertEquals(-2, EpollEvent.data(events, first));
        assertEquals(Epoll.EPOLLIN, EpollEvent.events(events, first));
        assertEquals(Long.MIN_VALUE + 3, EpollEvent.data(events, 1 - first));
        assertEquals(Epoll.EPOLLOUT, EpollEvent.events(events, 1 - first));
    }

    @Test
    void interestIsChangedAndRemoved() {
        int epfd = epoll();
        int fd = eventfd(1);
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, 0, 1));
        assertEquals(0, Epoll.epoll_wait(epfd, events, 4, 0));
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_MOD, fd, Epoll.EPOLLIN, 2));
        assertEquals(1, Epoll.epoll_wait(epfd, events, 4, 0));
        assertEquals(2, EpollEvent.data(events, 0));
        assertEquals(0, Epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_DEL, fd, NULL));
        assertEquals(0, Epoll.epoll_wait(epfd, events, 4, 0));
    }

    @Test
    void anEdgeIsReportedOnce() {
        int epfd = epoll();
        int fd = eventfd(1);
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, Epoll.EPOLLIN | Epoll.EPOLLET, 1));
        assertEquals(1, Epoll.epoll_wait(epfd, events, 4, 0));
        assertEquals(0, Epoll.epoll_wait(epfd, events, 4, 0));
        assertEquals(0, EventFd.wake(fd, errno));
        assertEquals(1, Epoll.epoll_wait(epfd, events, 4, 0));
    }

    @Test
    void oneShotIsDisarmedAndExclusiveIsKnown() {
        int epfd = epoll();
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_ADD, eventfd(1), Epoll.EPOLLIN | Epoll.EPOLLONESHOT, 1));
        assertEquals(1, Epoll.epoll_wait(epfd, events, 4, 0));
        assertEquals(0, Epoll.epoll_wait(epfd, events, 4, 0));
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_ADD, eventfd(1), Epoll.EPOLLIN | Epoll.EPOLLEXCLUSIVE, 2));
        assertEquals(1, Epoll.epoll_wait(epfd, events, 4, 0));
    }

    @Test
    void theEndOfThePeerIsReportedAsRdhupAndHupWithoutInterest() {
        int[] ends = pair();
        assertEquals(0, Sockets.shutdown(ends[1], Sockets.SHUT_WR));
        assertEquals(Epoll.EPOLLIN | Epoll.EPOLLRDHUP, await(ends[0], Epoll.EPOLLIN | Epoll.EPOLLRDHUP));
        close(ends[1]);
        assertEquals(Epoll.EPOLLHUP, await(ends[0], 0));
    }

    @Test
    void urgentBytesAreReportedAsPri() {
        int listener = listener();
        int client = tcp();
        Sockets.connect(client, loopback(port(listener)), 16);
        await(listener, Epoll.EPOLLIN);
        int server = opened(Sockets.accept4(listener, NULL, NULL, Sockets.SOCK_CLOEXEC));
        await(client, Epoll.EPOLLOUT);
        assertEquals(1, Sockets.send(client, Memory.string("!"), 1, Sockets.MSG_OOB | Sockets.MSG_NOSIGNAL));
        assertEquals(Epoll.EPOLLPRI, await(server, Epoll.EPOLLPRI));
    }

    @Test
    void mistakesOfEpollReturnTheirErrno() {
        int epfd = epoll();
        int fd = eventfd(0);
        assertEquals(-Errno.ENOENT, ctl(epfd, Epoll.EPOLL_CTL_MOD, fd, 0, 0));
        assertEquals(-Errno.ENOENT, ctl(epfd, Epoll.EPOLL_CTL_DEL, fd, 0, 0));
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, 0, 0));
        assertEquals(-Errno.EEXIST, ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, 0, 0));
        assertEquals(-Errno.EBADF, ctl(epfd, Epoll.EPOLL_CTL_ADD, closed(), 0, 0));
        assertEquals(-Errno.EINVAL, ctl(fd, Epoll.EPOLL_CTL_ADD, epfd, 0, 0));
        assertEquals(-Errno.EINVAL, Epoll.epoll_wait(epfd, events, 0, 0));
        assertEquals(-Errno.EBADF, Epoll.epoll_wait(closed(), events, 1, 0));
    }

    @Test
    void aRegularFileCannotBeWatched() {
        MemorySegment path = Memory.string("/etc/passwd");
        int fd = opened(Descriptors.open(path, Descriptors.O_RDONLY | Descriptors.O_CLOEXEC, 0));
        assertEquals(-Errno.EPERM, ctl(epoll(), Epoll.EPOLL_CTL_ADD, fd, Epoll.EPOLLIN, 0));
    }

    @Test
    void aWaitEndsAfterItsMilliseconds() {
        long start = System.nanoTime();
        assertEquals(0, Epoll.epoll_wait(epoll(), events, 4, 20));
        assertTrue(System.nanoTime() - start >= 20_000_000);
    }

    @Test
    void aSystemWithoutFineWaitsSaysSo() {
        assumeFalse(Epoll.hasPwait2(), "the kernel and the C library have epoll_pwait2");
        assertEquals(-Errno.ENOSYS, Epoll.epoll_pwait2(epoll(), events, 4, NULL, NULL));
    }

    @Test
    void aWaitEndsAfterItsNanoseconds() {
        assumeTrue(Epoll.hasPwait2(), "there is no epoll_pwait2");
        MemorySegment timespec = Memory.allocate(16);
        timespec.set(JAVA_LONG, 8, 300_000);
        int epfd = epoll();
        long start = System.nanoTime();
        int result = Epoll.epoll_pwait2(epfd, events, 4, timespec, NULL);
        assumeTrue(result != -Errno.ENOSYS, "the kernel has no epoll_pwait2");
        assertEquals(0, result);
        assertTrue(System.nanoTime() - start >= 300_000);
        assertEquals(0, ctl(epfd, Epoll.EPOLL_CTL_ADD, eventfd(1), Epoll.EPOLLIN, 9));
        assertEquals(1, Epoll.epoll_pwait2(epfd, events, 4, NULL, NULL));
        assertEquals(9, EpollEvent.data(events, 0));
        timespec.set(JAVA_LONG, 8, 1_000_000_000);
        assertEquals(-Errno.EINVAL, Epoll.epoll_pwait2(epfd, events, 4, timespec, NULL));
    }
}
