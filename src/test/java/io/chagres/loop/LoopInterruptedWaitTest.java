package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * EINTR. signal(7): epoll_wait(2) fails with it also where no handler runs, when the process is stopped and continued.
 */
@ExtendWith(LoopFixture.class)
class LoopInterruptedWaitTest {

    private static final class SleepCounter implements LoopClock {
        private volatile int sleeps;

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long sleep(long nanos) {
            sleeps++;
            return nanos;
        }
    }

    private static void stopAndContinueThisProcess() {
        long pid = ProcessHandle.current().pid();
        try {
            Process shell = new ProcessBuilder("sh", "-c", "kill -STOP " + pid + "; kill -CONT " + pid)
                .inheritIO().start();
            assertEquals(0, shell.waitFor());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs {@code loop} until a signal has interrupted its sleep, and tasks have told it to end. */
    private static void runInterrupted(Loop loop, SleepCounter clock) throws InterruptedException {
        Thread interrupting = Thread.ofPlatform().start(() -> {
            while (clock.sleeps < 2) {
                stopAndContinueThisProcess();
            }
            loop.execute(loop::stop);
        });
        loop.run();
        interrupting.join();
    }

    @Test
    void anInterruptedWaitForEventsGoesOn() throws InterruptedException {
        SleepCounter clock = new SleepCounter();
        try (Loop loop = new Loop(clock)) {
            loop.core().hold();
            runInterrupted(loop, clock);
            loop.core().release();
        }
        assertTrue(clock.sleeps >= 2);
    }

    @Test
    void anInterruptedWaitForATimerGoesOnForTheRestOfTheTime() throws InterruptedException {
        SleepCounter clock = new SleepCounter();
        long hour = TimeUnit.HOURS.toMicros(1);
        try (Loop loop = new Loop(clock)) {
            loop.core().hold();
            loop.core().timers().start(new TimerEntry() {
                @Override
                protected void fire() {
                    throw new AssertionError("an hour has not passed");
                }
            }, hour);
            runInterrupted(loop, clock);
            loop.core().release();
        }
    }
}
