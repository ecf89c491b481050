package io.chagres.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.chagres.fixture.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** Threads whose calls fail at the same time, each with another errno. */
class ErrnoPerThreadTest extends SysTest {

    private static final int ROUNDS = 50_000;

    @Test
    void noThreadSeesTheErrorOfAnother() throws InterruptedException {
        int idle = pair()[0];
        AtomicInteger wrong = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        threads.add(failing(() -> Descriptors.close(-1), -Errno.EBADF, wrong));
        threads.add(failing(() -> EventFd.eventfd(0, 2), -Errno.EINVAL, wrong));
        threads.add(failing(() -> (int) Sockets.recv(idle, Scratch.bounce(), 8, 0), -Errno.EAGAIN, wrong));
        threads.add(failing(() -> Sockets.socket(9999, 1, 0), -Errno.EAFNOSUPPORT, wrong));
        for (Thread thread : threads) {
            Waits.join(thread);
        }
        assertEquals(0, wrong.get());
    }

    private static Thread failing(IntSupplier call, int expected, AtomicInteger wrong) {
        return Thread.ofPlatform().start(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                if (call.getAsInt() != expected) {
                    wrong.incrementAndGet();
                }
            }
        });
    }

    @Test
    void eachThreadHasItsOwnSlabAndKeepsIt() throws InterruptedException {
        long[] others = new long[2];
        Thread other = Thread.ofPlatform().start(() -> {
            others[0] = Scratch.slab().address();
            others[1] = Scratch.slab().address();
        });
        Waits.join(other);
        assertEquals(others[0], others[1]);
        assertEquals(Scratch.slab().address(), Scratch.slab().address());
        assertNotEquals(Scratch.slab().address(), others[0]);
    }

    @Test
    void aVirtualThreadSeesItsOwnErrno() throws InterruptedException {
        int[] results = new int[2];
        Thread virtual = Thread.ofVirtual().start(() -> {
            results[0] = Descriptors.close(-1);
            Thread.yield();
            results[1] = Epoll.epoll_create1(-1);
        });
        Waits.join(virtual);
        assertEquals(-Errno.EBADF, results[0]);
        assertEquals(-Errno.EINVAL, results[1]);
    }
}
