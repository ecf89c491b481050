package io.chagres.loop;

import static io.chagres.loop.RunMode.NOWAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Waits;
import io.chagres.handle.Async;
import io.chagres.handle.Timer;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Resident;
import io.chagres.loop.internal.Watch;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.EpollEvent;
import io.chagres.sys.Memory;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Another event loop waits for the loop and runs it without waiting. */
@ExtendWith(LoopFixture.class)
class LoopEmbedTest {

    private final Journal journal = new Journal();
    private final MemorySegment event = Memory.allocate(EpollEvent.size());
    private int outside;

    @BeforeEach
    void open(Loop loop) {
        outside = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        EpollEvent.set(event, 0, Epoll.EPOLLIN, 0);
        assertEquals(0, Epoll.epoll_ctl(outside, Epoll.EPOLL_CTL_ADD, loop.backendFd(), event));
    }

    @AfterEach
    void close() {
        Descriptors.close(outside);
    }

    /** Returns the number of ready descriptors: 1 if the loop has something to do, 0 if the time has passed. */
    private int waitOutside(long nanos) {
        return Epoll.epoll_wait(outside, event, 1, nanos < 0 ? -1 : (int) Math.ceilDiv(nanos, 1_000_000L));
    }

    private void runEmbedded(Loop loop) {
        while (loop.isAlive()) {
            waitOutside(loop.backendTimeoutNanos());
            loop.run(NOWAIT);
        }
    }

    @Test
    @Covers("libuv:embed")
    void anAsyncSendMakesTheBackendDescriptorReadable(Loop loop) throws InterruptedException {
        Async async = new Async(loop, () -> {
            journal.add("async");
            LoopCore.of(loop).residents().visit(Resident::close);
        });
        Thread sender = Thread.ofPlatform().start(async::send);
        runEmbedded(loop);
        Waits.join(sender);
        journal.expect("async");
    }

    @Test
    void theBackendTimeoutEndsWhenATimerIsDue(Loop loop) {
        Timer.after(loop, 5, journal.note("five"));
        Timer.after(loop, 10, journal.note("ten"));
        runEmbedded(loop);
        journal.expect("five", "ten");
    }

    @Test
    void aTaskPostedAfterTheTimeoutWasReadMakesTheBackendDescriptorReadable(Loop loop) {
        LoopCore.of(loop).keepAlive();
        assertEquals(-1, loop.backendTimeoutNanos());
        assertEquals(0, waitOutside(0));
        loop.execute(journal.note("task"));
        assertEquals(1, waitOutside(-1));
        loop.run(NOWAIT);
        journal.expect("task");
        LoopCore.of(loop).letGo();
        assertFalse(loop.isAlive());
    }

    @Test
    void aTaskThatWasPostedBeforeMakesTheBackendTimeoutZero(Loop loop) {
        LoopCore.of(loop).keepAlive();
        loop.execute(journal.note("task"));
        assertEquals(0, loop.backendTimeoutNanos());
        assertEquals(0, loop.backendTimeoutNanos());
        LoopCore.of(loop).letGo();
        loop.run();
        journal.expect("task");
    }

    @Test
    void callbacksThatAreDueMakeTheBackendTimeoutZero(Loop loop) {
        Timer timer = Timer.after(loop, 60_000, () -> {});
        assertTrue(loop.backendTimeoutNanos() > 0);
        loop.nextTick(journal.note("tick"));
        assertEquals(0, loop.backendTimeoutNanos());
        loop.run(NOWAIT);
        LoopCore.of(loop).pend(journal.note("pending"));
        assertEquals(0, loop.backendTimeoutNanos());
        loop.run(NOWAIT);
        timer.close(journal.note("close"));
        Timer other = Timer.after(loop, 60_000, () -> {});
        assertEquals(0, loop.backendTimeoutNanos());
        loop.run(NOWAIT);
        assertTrue(loop.backendTimeoutNanos() > 0);
        other.close();
        assertEquals(0, loop.backendTimeoutNanos());
        loop.run();
        journal.expect("tick", "pending", "close");
    }

    @Test
    void aReadyDescriptorMakesTheBackendDescriptorReadableOnceItIsRegistered(Loop loop) {
        try (Descriptor readable = Descriptor.event(1)) {
            LoopCore.of(loop).keepAlive();
            Watch watch = new Watch(loop, readable.fd(), Epoll.EPOLLIN).then(() -> {
                readable.read();
                LoopCore.of(loop).letGo();
            });
            assertEquals(0, loop.backendTimeoutNanos(), "the interest must reach the kernel first");
            loop.run(NOWAIT);
            LoopCore.of(loop).keepAlive();
            readable.write();
            assertEquals(-1, loop.backendTimeoutNanos());
            assertEquals(1, waitOutside(-1));
            loop.run(NOWAIT);
            assertEquals(2, watch.events.size());
            watch.detach(true);
        }
    }

    @Test
    void aLoopCanRunByItselfAfterTheBackendTimeoutWasRead(Loop loop) throws InterruptedException {
        LoopCore.of(loop).keepAlive();
        assertEquals(-1, loop.backendTimeoutNanos());
        Thread sender = Thread.ofPlatform().start(() -> loop.execute(LoopCore.of(loop)::letGo));
        assertFalse(loop.run());
        Waits.join(sender);
    }

    @Test
    void theBackendTimeoutCountsFromTheClock(Loop loop, ManualClock clock) {
        LoopCore.of(loop).keepAlive();
        Timer.after(loop, 100, journal.note("timer"));
        loop.run(NOWAIT);
        clock.advanceMillis(30);
        assertEquals(70_000_000, loop.backendTimeoutNanos());
        clock.advanceMillis(200);
        assertEquals(0, loop.backendTimeoutNanos());
        loop.run(NOWAIT);
        journal.expect("timer");
        LoopCore.of(loop).letGo();
        loop.run();
    }
}
