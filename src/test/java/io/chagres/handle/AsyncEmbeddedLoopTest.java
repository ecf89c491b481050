package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.sys.Epoll;
import io.chagres.sys.EpollEvent;
import io.chagres.sys.Memory;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A loop that is driven by another event loop: the outer one waits for its descriptor, then lets it run without waiting. */
@ExtendWith(LoopFixture.class)
class AsyncEmbeddedLoopTest {

    private static final long MILLIS = 1_000_000;

    private final MemorySegment event = Memory.allocate(EpollEvent.size());
    private final CountDownLatch waiting = new CountDownLatch(1);
    private Loop inner;
    private int outer;
    private int calls;

    @BeforeEach
    void makeTheOuterLoop(Loop loop) {
        inner = loop;
        outer = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        EpollEvent.set(event, 0, Epoll.EPOLLIN, 0);
        assertEquals(0, Epoll.epoll_ctl(outer, Epoll.EPOLL_CTL_ADD, loop.core().backendFd(), event));
    }

    @AfterEach
    void closeTheOuterLoop() {
        io.chagres.sys.Descriptors.close(outer);
    }

    @Test
    @Covers("libuv:embed")
    void aSendFromAnotherThreadEndsTheWaitOfTheOuterLoop() throws InterruptedException {
        Async[] async = new Async[1];
        async[0] = new Async(inner, () -> {
            calls++;
            async[0].close();
        });
        Thread sender = Thread.ofPlatform().start(() -> {
            awaitWaiting();
            async[0].send();
        });
        while (inner.isAlive()) {
            turnOfTheOuterLoop();
        }
        sender.join();
        assertEquals(1, calls);
    }

    @Test
    void eachOfManySendsEndsAWait() throws InterruptedException {
        int rounds = 1000;
        Async async = new Async(inner, () -> calls++);
        for (int round = 1; round <= rounds; round++) {
            assertFalse(innerIsReady());
            Thread sender = Thread.ofVirtual().start(async::send);
            while (calls < round) {
                turnOfTheOuterLoop();
            }
            sender.join();
        }
        async.close();
        inner.run(RunMode.NOWAIT);
        assertEquals(rounds, calls);
    }

    @Test
    void aSendBeforeTheOuterLoopAsksLeavesNothingToWaitFor() {
        Async async = new Async(inner, () -> calls++);
        async.send();
        assertEquals(0, inner.core().backendTimeoutNanos());
        inner.run(RunMode.NOWAIT);
        assertEquals(1, calls);
        async.close();
        inner.run();
    }

    @Test
    void theInnerLoopCanStillBeRunByItself() throws InterruptedException {
        Async[] async = new Async[1];
        async[0] = new Async(inner, () -> async[0].close());
        assertEquals(-1, inner.core().backendTimeoutNanos());
        Thread sender = Thread.ofPlatform().start(async[0]::send);
        assertFalse(inner.run());
        sender.join();
        assertTrue(async[0].isClosed());
    }

    private void turnOfTheOuterLoop() {
        long nanos = inner.core().backendTimeoutNanos();
        waiting.countDown();
        Epoll.epoll_wait(outer, event, 1, nanos < 0 ? -1 : (int) Math.ceilDiv(nanos, MILLIS));
        inner.run(RunMode.NOWAIT);
    }

    private boolean innerIsReady() {
        return Epoll.epoll_wait(outer, event, 1, 0) > 0;
    }

    private void awaitWaiting() {
        try {
            waiting.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
