package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.KernelView;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.OpenDescriptors;
import io.chagres.fixture.Waits;
import io.chagres.handle.Async;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopClock;
import io.chagres.loop.RunMode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The eventfd that wakes a loop is never read, so that it counts the writes to it. */
@ExtendWith(LoopFixture.class)
class LoopWakeUpTest {

    /** The system's clock; counts the sleeps and does something at the last moment before each. */
    private static final class SleepCounter implements LoopClock {
        private int sleeps;
        private Runnable beforeSleep = () -> {};

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long sleep(long nanos) {
            sleeps++;
            beforeSleep.run();
            return nanos;
        }
    }

    private final SleepCounter clock = new SleepCounter();

    private static long writes(Loop loop) {
        int wakeFd = KernelView.interests(loop.backendFd()).keySet().iterator().next();
        return KernelView.eventCount(wakeFd);
    }

    private static void postFromAnotherThread(Loop loop, int howMany, Runnable task) {
        Thread sender = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < howMany; i++) {
                loop.execute(task);
            }
        });
        try {
            Waits.join(sender);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aThousandTasksForASleepingLoopCostOneWrite() {
        try (Loop loop = new Loop(clock)) {
            int[] ran = {0};
            clock.beforeSleep = () -> postFromAnotherThread(loop, 1000, () -> ran[0]++);
            new Async(loop, null);
            loop.run(RunMode.ONCE);
            assertEquals(1000, ran[0]);
            assertEquals(1, clock.sleeps);
            assertEquals(1, writes(loop));
        }
    }

    @Test
    void tasksForALoopThatIsAwakeCostNoWrite() {
        try (Loop loop = new Loop(clock)) {
            int[] ran = {0};
            loop.execute(() -> {
                postFromAnotherThread(loop, 1000, () -> ran[0]++);
                loop.execute(() -> ran[0]++);
            });
            loop.run();
            assertEquals(1001, ran[0]);
            assertEquals(0, writes(loop));
        }
    }

    @Test
    void thereAreNeverMoreWritesThanSleeps() throws InterruptedException {
        try (Loop loop = new Loop(clock)) {
            int tasks = 20_000;
            int[] ran = {0};
            Async keeper = new Async(loop, null);
            Thread sender = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < tasks; i++) {
                    loop.execute(() -> {
                        if (++ran[0] == tasks) {
                            keeper.close();
                        }
                    });
                }
            });
            loop.run();
            Waits.join(sender);
            assertTrue(writes(loop) <= clock.sleeps, writes(loop) + " writes, " + clock.sleeps + " sleeps");
        }
    }

    @Test
    void aLoopIsWokenFromEachOfManySleeps() throws InterruptedException {
        try (Loop loop = new Loop(clock)) {
            int rounds = 1000;
            Async keeper = new Async(loop, null);
            Thread sender = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < rounds; i++) {
                    CountDownLatch ran = new CountDownLatch(1);
                    loop.execute(ran::countDown);
                    awaitQuietly(ran);
                }
                loop.execute(keeper::close);
            });
            loop.run();
            Waits.join(sender);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            Waits.await(latch);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theEventfdIsNotClosedUnderASenderThatIsAboutToWriteToIt() throws InterruptedException {
        try (Loop loop = new Loop(clock)) {
            OpenDescriptors before = OpenDescriptors.now();
            Mailbox mailbox = new Mailbox();
            LoopCore core = LoopCore.of(loop);
            Poller poller = new Poller(
                    core.time(), mailbox, core.callbacks(), core.phases().pending, core.meter(), new TurnRecord(core));
            findAsleep(mailbox);
            Thread closing = Thread.ofPlatform().start(poller::close);
            assertFalse(closing.join(Duration.ofMillis(50)));
            assertEquals(2, OpenDescriptors.now().since(before).size());
            poller.wake();
            Waits.join(closing);
            assertEquals(0, OpenDescriptors.now().since(before).size());
        }
    }

    /** A sender finds the loop asleep and leaves its task; it is delayed before it writes to the eventfd, and the loop wakes by itself. */
    private static void findAsleep(Mailbox mailbox) {
        assertTrue(mailbox.fallAsleep());
        assertEquals(Mailbox.Posted.MUST_WAKE, mailbox.post(new Task() {
            @Override
            protected void run() {}
        }));
        mailbox.wakeUp();
    }
}
