package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.handle.Async;
import io.chagres.handle.Check;
import io.chagres.handle.Timer;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * EINTR. signal(7): epoll_wait(2) fails with it also if no handler runs, when the process is stopped and continued.
 */
@ExtendWith(LoopFixture.class)
@Tag("host")
class LoopInterruptedWaitTest {

    private static final long HOUR_MILLIS = 3_600_000;

    private static final class SleepCounter implements LoopClock {
        private final List<Long> waits = new CopyOnWriteArrayList<>();

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long sleep(long nanos) {
            waits.add(nanos);
            return nanos;
        }
    }

    private static void stopAndContinueThisProcess() {
        long pid = ProcessHandle.current().pid();
        try {
            Process shell = new ProcessBuilder("sh", "-c", "kill -STOP " + pid + "; kill -CONT " + pid)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            assertEquals(0, Waits.exit(shell));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs {@code loop} until a signal has interrupted its sleep, and tasks have stopped it. */
    private static void runInterrupted(Loop loop, SleepCounter clock) throws InterruptedException {
        Thread interrupting = Thread.ofPlatform().start(() -> {
            while (clock.waits.size() < 2) {
                stopAndContinueThisProcess();
            }
            loop.execute(loop::stop);
        });
        int[] iterations = {0};
        Check check = new Check(loop);
        check.start(() -> iterations[0]++);
        loop.run();
        Waits.join(interrupting);
        assertEquals(1, iterations[0]);
    }

    @Test
    void aWaitForEventsContinuesAfterEintr() throws InterruptedException {
        SleepCounter clock = new SleepCounter();
        try (Loop loop = new Loop(clock)) {
            new Async(loop, null);
            runInterrupted(loop, clock);
        }
    }

    @Test
    void aWaitForATimerContinuesForTheRestOfTheTimeAfterEintr() throws InterruptedException {
        SleepCounter clock = new SleepCounter();
        try (Loop loop = new Loop(clock)) {
            long start = System.nanoTime();
            Timer.after(loop, HOUR_MILLIS, () -> {
                throw new AssertionError("an hour has not passed");
            });
            runInterrupted(loop, clock);
            long first = clock.waits.get(0);
            long second = clock.waits.get(1);
            long passed = System.nanoTime() - start;
            long hour = TimeUnit.MILLISECONDS.toNanos(HOUR_MILLIS);
            assertTrue(first <= hour && first > hour - passed, () -> first + " ns first");
            assertTrue(second < first && second > hour - passed, () -> second + " ns after " + first + " ns");
        }
    }
}
