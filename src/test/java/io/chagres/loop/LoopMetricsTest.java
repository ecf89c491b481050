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
import io.chagres.loop.internal.Meter;
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

    @Test
    void eventsForWhichTheLoopDoesNotSleepCountAsWaiting(Loop loop, ManualClock clock) {
        try (Descriptor readable = Descriptor.event(1)) {
            LoopCore.of(loop).keepAlive();
            Watch watch = new Watch(loop, readable.fd(), Epoll.EPOLLIN);
            loop.run(RunMode.NOWAIT);
            assertEquals(1, loop.metrics().eventsWaiting());
            loop.run(RunMode.ONCE); // it may wait, but the event is there, and the clock stands still
            assertEquals(2, loop.metrics().events());
            assertEquals(2, loop.metrics().eventsWaiting());
            assertEquals(0, loop.metrics().idleNanos());
            watch.detach(true);
            LoopCore.of(loop).letGo();
        }
    }

    @Test
    @Covers("libuv:metrics_pool_events")
    void eventsThatWereThereBeforeTheWaitCountAsWaiting(Loop loop) throws InterruptedException {
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
        Timer.after(loop, 1000, () -> clock.advanceMillis(600));
        loop.run();
        assertEquals(
                TimeUnit.SECONDS.toNanos(1) - Meter.WAIT_COST_NANOS,
                loop.metrics().idleNanos());
        assertEquals(
                TimeUnit.MILLISECONDS.toNanos(600) + Meter.WAIT_COST_NANOS,
                loop.metrics().activeNanos());
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
            LoopMetrics since = loop.metrics().since(metrics);
            assertEquals(0, since.iterations() + since.events() + since.callbacks() + since.idleNanos());
            assertEquals(1, since.utilization(), "a stuck loop is active up to now");
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
                    idle.add(TimeUnit.NANOSECONDS.toMillis(nanos + Meter.WAIT_COST_NANOS));
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
            Timer.after(loop, millis, () -> clock.advanceMillis(600));
            loop.run();
            return loop.metrics().idleNanos();
        }
    }

    @Test
    @Covers("libuv:metrics_idle_time_zero")
    void aTimerThatIsDueAtOnceCausesNoIdleTime(Loop loop, ManualClock clock) {
        Timer.after(loop, 0, () -> {});
        loop.run();
        assertEquals(0, loop.metrics().idleNanos());
        assertEquals(1, loop.metrics().iterations());
    }

    @Test
    void utilizationIsTheActivePartOfTheTimeBetweenTwoMoments(Loop loop, ManualClock clock) {
        List<LoopMetrics> seen = new ArrayList<>();
        Timer timer = new Timer(loop);
        timer.start(100, 100, () -> {
            seen.add(loop.metrics());
            clock.advanceMillis(25);
            if (seen.size() == 5) {
                timer.close();
            }
        });
        loop.run();
        // a repeat counts from the iteration in which the timer fired: 100 ms, of which 25 are active
        LoopMetrics between = seen.get(4).since(seen.get(0));
        assertEquals(0.25, between.utilization(), 0.0001);
        assertEquals(
                TimeUnit.MILLISECONDS.toNanos(400),
                between.activeNanos() + between.idleNanos(),
                "each moment is one of both");
        assertEquals(4, between.callbacks());
    }

    @Test
    void timeOutsideOfRunIsNeitherIdleNorActive(Loop loop, ManualClock clock) {
        clock.advanceMillis(1000);
        assertEquals(0, loop.metrics().utilization());
        Timer.after(loop, 0, () -> clock.advanceMillis(5));
        loop.run();
        clock.advanceMillis(1000);
        assertEquals(TimeUnit.MILLISECONDS.toNanos(5), loop.metrics().activeNanos());
        assertEquals(0, loop.metrics().idleNanos());
        assertEquals(1, loop.metrics().utilization());
    }

    @Test
    void aSleepInProgressCountsAsIdleUpToNow() throws InterruptedException {
        try (LoopThread thread = Loop.start("sleeper", loop -> {})) {
            Loop loop = thread.loop();
            Waits.until("it sleeps", () -> loop.metrics().idleNanos() > 0);
            LoopMetrics first = loop.metrics();
            Waits.until(
                    "the sleep is seen to grow",
                    () -> loop.metrics().since(first).idleNanos() > 1_000_000);
            assertEquals(first.iterations(), loop.metrics().iterations(), "it was not woken for that");
        }
    }
}
