package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Waits;
import io.chagres.handle.Prepare;
import io.chagres.handle.Timer;
import io.chagres.handle.Work;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Watch;
import io.chagres.sys.Epoll;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopMetricsTest {

    @Test
    @Covers("libuv:metrics_info_check")
    void eachIterationAndEachEventCounts(Loop loop) {
        List<LoopMetrics> seen = new ArrayList<>();
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> {
            seen.add(loop.metrics());
            prepare.close();
            loop.execute(() -> {
                seen.add(loop.metrics());
                loop.execute(() -> seen.add(loop.metrics()));
            });
        });
        loop.run();
        assertEquals(
                List.of(0L, 1L, 2L), seen.stream().map(LoopMetrics::iterations).toList());
        assertEquals(List.of(0L, 0L, 1L), seen.stream().map(LoopMetrics::events).toList());
        assertEquals(2, loop.metrics().events());
    }

    /** If idle time is not measured, the loop does not look before a wait. So the events of a wait count as waited for. */
    @Test
    void eventsOfAPollThatDoesNotWaitCountAsWaiting(Loop loop) {
        try (Descriptor readable = Descriptor.event(1)) {
            LoopCore.of(loop).keepAlive();
            Watch watch = new Watch(loop, readable.fd(), Epoll.EPOLLIN);
            loop.run(RunMode.NOWAIT);
            assertEquals(1, loop.metrics().eventsWaiting());
            loop.run(RunMode.ONCE);
            assertEquals(2, loop.metrics().events());
            assertEquals(1, loop.metrics().eventsWaiting());
            watch.detach(true);
            LoopCore.of(loop).letGo();
        }
    }

    @Test
    @Covers("libuv:metrics_pool_events")
    void eventsThatWereThereBeforeTheWaitCountAsWaiting(Loop loop) throws InterruptedException {
        loop.measureIdleTime();
        CountDownLatch posted = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            Thread.ofPlatform().start(() -> {
                loop.execute(() -> {});
                posted.countDown();
            });
        }
        Waits.await(posted);
        CountDownLatch gate = new CountDownLatch(1);
        for (int i = 0; i < 3; i++) {
            Work.submit(
                    loop,
                    () -> {
                        Waits.await(gate);
                        return null;
                    },
                    (nothing, failure) -> {});
        }
        Prepare opener = new Prepare(loop);
        opener.start(() -> {
            if (loop.metrics().events() == 4) {
                assertEquals(4, loop.metrics().eventsWaiting());
                gate.countDown();
                opener.close();
            }
        });
        loop.run();
        assertTrue(loop.metrics().events() >= 7, () -> loop.metrics().toString());
        assertTrue(loop.metrics().eventsWaiting() >= 4, () -> loop.metrics().toString());
    }

    @Test
    @Covers("libuv:metrics_idle_time")
    void idleTimeCountsTheWaitAndNotACallback(Loop loop, ManualClock clock) {
        loop.measureIdleTime();
        Timer.after(loop, 1000, () -> clock.advanceMillis(600));
        loop.run();
        assertEquals(TimeUnit.SECONDS.toNanos(1), loop.metrics().idleNanos());
    }

    @Test
    void metricsOfAStuckOrClosedLoopCanBeReadFromAnyThread() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Loop loop;
        try (LoopThread thread = Loop.start("stuck", ready -> {})) {
            loop = thread.loop();
            thread.execute(() -> {
                stuck.countDown();
                awaitQuietly(gate);
            });
            assertTrue(stuck.await(30, TimeUnit.SECONDS));
            LoopMetrics metrics = loop.metrics();
            assertTrue(metrics.iterations() >= 1, metrics::toString);
            assertEquals(metrics, loop.metrics());
            gate.countDown();
        }
        assertTrue(loop.metrics().events() >= 1, () -> loop.metrics().toString());
    }

    private static void awaitQuietly(CountDownLatch gate) {
        try {
            gate.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException ended) {
            throw new AssertionError(ended);
        }
    }

    @Test
    @Covers("libuv:metrics_idle_time_thread")
    void eachLoopHasItsOwnMetrics() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Long> idle = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            long millis = 100L * i;
            threads.add(Thread.ofPlatform().start(() -> {
                long nanos = idleOf(millis);
                synchronized (idle) {
                    idle.add(TimeUnit.NANOSECONDS.toMillis(nanos));
                }
            }));
        }
        for (Thread thread : threads) {
            Waits.join(thread);
        }
        assertEquals(
                List.of(100L, 200L, 300L, 400L, 500L), idle.stream().sorted().toList());
    }

    private static long idleOf(long millis) {
        ManualClock clock = new ManualClock();
        try (Loop loop = new Loop(clock)) {
            loop.measureIdleTime();
            Timer.after(loop, millis, () -> clock.advanceMillis(600));
            loop.run();
            return loop.metrics().idleNanos();
        }
    }

    @Test
    @Covers("libuv:metrics_idle_time_zero")
    void aTimerThatIsDueAtOnceCausesNoIdleTime(Loop loop, ManualClock clock) {
        loop.measureIdleTime();
        Timer.after(loop, 0, () -> {});
        loop.run();
        assertEquals(0, loop.metrics().idleNanos());
        assertEquals(1, loop.metrics().iterations());
    }

    @Test
    void idleTimeIsZeroUnlessItIsMeasured(Loop loop, ManualClock clock) {
        Timer.after(loop, 1000, () -> {});
        loop.run();
        assertEquals(0, loop.metrics().idleNanos());
    }
}
