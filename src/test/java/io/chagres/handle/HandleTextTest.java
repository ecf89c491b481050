package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.sys.Descriptors;
import io.chagres.sys.EventFd;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The texts of handles and loops. */
@ExtendWith(LoopFixture.class)
class HandleTextTest {

    private static final Runnable NOTHING = () -> {};

    @Test
    void aTimerPrintsWhenItIsDueAndWhatItsRepeatIs(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(1500, 20, NOTHING);
        assertEquals("Timer (active, due in 1500 ms, repeats every 20 ms)", timer.toString());
        timer.start(Duration.ofMillis(1), Duration.ofNanos(2500), NOTHING);
        assertEquals("Timer (active, due in 1 ms, repeats every 3 us)", timer.toString());
        end(loop, timer);
    }

    @Test
    void aSignalPrintsItsName(Loop loop) {
        Signal signal = new Signal(loop);
        assertEquals("Signal (inactive)", signal.toString());
        signal.start("WINCH", NOTHING);
        assertEquals("Signal (active, SIGWINCH)", signal.toString());
        end(loop, signal);
    }

    @Test
    void aPollPrintsItsDescriptorAndWhatItWaitsFor(Loop loop) {
        int fd = EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
        Poll poll = new Poll(loop, fd);
        assertEquals("Poll (inactive, fd " + fd + ")", poll.toString());
        poll.start(PollEvents.READABLE, (events, error) -> {});
        assertEquals("Poll (active, fd " + fd + ", waits for readable)", poll.toString());
        end(loop, poll);
        Descriptors.close(fd);
    }

    @Test
    void otherHandlesPrintKindAndState(Loop loop) {
        Async async = new Async(loop, NOTHING);
        Idle idle = new Idle(loop);
        assertEquals("Async (active)", async.toString());
        assertEquals("Idle (inactive)", idle.toString());
        idle.close();
        end(loop, async);
    }

    @Test
    void noTextDependsOnTheLanguageOfTheUser(Loop loop) {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr-TR"));
        try {
            Timer timer = new Timer(loop);
            timer.close();
            assertEquals("Timer (closing)", timer.toString());
            Work<Integer> work = Work.submit(loop, () -> 1, (result, failure) -> {});
            assertTrue(work.toString().matches("Work \\((queued|running|done)\\)"), work.toString());
        } finally {
            Locale.setDefault(before);
        }
        loop.run();
    }

    @Test
    void aLoopPrintsItsThreadAndItsNumberOfReasonsToRun() {
        String thread = Thread.currentThread().getName();
        Loop loop = new Loop();
        assertEquals("Loop (not running, of \"" + thread + "\", 0 active)", loop.toString());
        Async awake = new Async(loop, NOTHING);
        loop.nextTick(() -> {
            assertEquals("Loop (running on \"" + thread + "\", 1 active)", loop.toString());
            awake.close();
        });
        loop.run();
        loop.close();
        assertEquals("Loop (closed)", loop.toString());
    }

    @Test
    void aStuckLoopAndItsHandlesCanBePrintedByAnotherThread() throws Exception {
        Gate release = new Gate();
        CompletableFuture<Timer> made = new CompletableFuture<>();
        try (LoopThread thread = Loop.start("stuck", loop -> {})) {
            thread.execute(() -> {
                Timer timer = new Timer(thread.loop());
                timer.start(5000, NOTHING);
                made.complete(timer);
                waitAt(release);
            });
            Timer timer = made.get(30, TimeUnit.SECONDS);
            assertTrue(timer.toString().startsWith("Timer (active, due in "), timer.toString());
            assertTrue(
                    thread.toString().matches("LoopThread \\(Loop \\(running on \"stuck\", \\d active\\)\\)"),
                    thread.toString());
            release.open();
        }
    }

    private static void waitAt(Gate gate) {
        try {
            gate.await();
        } catch (InterruptedException ended) {
            throw new AssertionError(ended);
        }
    }

    private static void end(Loop loop, Handle handle) {
        handle.close();
        loop.run();
    }
}
