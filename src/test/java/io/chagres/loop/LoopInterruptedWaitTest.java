package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Async;
import io.chagres.handle.Check;
import io.chagres.handle.Timer;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
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
                .redirectInput(new File("/dev/null")).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD)
                .start();
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
        int[] iterations = {0};
        Check check = new Check(loop);
        check.start(() -> iterations[0]++);
        loop.run();
        interrupting.join();
        assertEquals(1, iterations[0]);
    }

    @Test
    void anInterruptedWaitForEventsGoesOn() throws InterruptedException {
        SleepCounter clock = new SleepCounter();
        try (Loop loop = new Loop(clock)) {
            new Async(loop, null);
            runInterrupted(loop, clock);
        }
    }

    @Test
    void anInterruptedWaitForATimerGoesOnForTheRestOfTheTime() throws InterruptedException {
        SleepCounter clock = new SleepCounter();
        try (Loop loop = new Loop(clock)) {
            Timer.after(loop, 3_600_000, () -> {
                throw new AssertionError("an hour has not passed");
            });
            runInterrupted(loop, clock);
        }
    }
}
