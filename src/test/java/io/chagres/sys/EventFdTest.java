package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.Waits;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class EventFdTest extends SysTest {

    private final MemorySegment errno = Memory.allocate(Integer.BYTES);

    private final MemorySegment counter = Memory.allocate(8);

    private int eventfd(int value) {
        return opened(EventFd.eventfd(value, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK));
    }

    @Test
    void wakesAddUpUntilTheyAreRead() {
        int fd = eventfd(3);
        assertEquals(0, EventFd.wake(fd, errno));
        assertEquals(0, EventFd.wake(fd, errno));
        assertEquals(8, Descriptors.read(fd, counter, 8));
        assertEquals(5, counter.get(JAVA_LONG, 0));
        assertEquals(-Errno.EAGAIN, Descriptors.read(fd, counter, 8));
    }

    @Test
    void aWakeOfAFullCounterReturnsEagain() {
        int fd = eventfd(0);
        counter.set(JAVA_LONG, 0, -2);
        assertEquals(8, Descriptors.write(fd, counter, 8));
        assertEquals(-Errno.EAGAIN, EventFd.wake(fd, errno));
    }

    @Test
    void aWakeEndsTheWaitOfAnotherThread() throws InterruptedException {
        int fd = eventfd(0);
        Thread waker = Thread.ofPlatform().start(() -> EventFd.wake(fd, errno));
        assertEquals(Epoll.EPOLLIN, await(fd, Epoll.EPOLLIN));
        Waits.join(waker);
    }

    @Test
    void mistakesOfEventfdReturnTheirErrno() {
        assertEquals(-Errno.EINVAL, EventFd.eventfd(0, 2));
        assertEquals(-Errno.EBADF, EventFd.wake(closed(), errno));
    }
}
