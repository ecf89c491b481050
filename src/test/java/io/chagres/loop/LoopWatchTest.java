package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.FlightRecording;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.handle.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Slow callbacks, as a LoopWatch and a recording report them. The callback lasts until the report has been made. */
@ExtendWith(LoopFixture.class)
class LoopWatchTest {

    private static final Duration THRESHOLD = Duration.ofMillis(20);

    private final BlockingQueue<SlowCallback> reports = new LinkedBlockingQueue<>();
    private final CountDownLatch found = new CountDownLatch(1);

    private void take(SlowCallback report) {
        reports.add(report);
        found.countDown();
    }

    private void blockUntilFound() {
        try {
            Waits.await(found);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSlowCallbackIsReportedWhileItRunsAndWhenItHasEnded(Loop loop) throws InterruptedException {
        try (LoopWatch watch = LoopWatch.start(loop, THRESHOLD, this::take)) {
            loop.execute(this::blockUntilFound);
            loop.run();
            SlowCallback begun = Waits.take(reports);
            SlowCallback ended = Waits.take(reports);
            assertFalse(begun.finished());
            assertTrue(ended.finished());
            assertEquals(loop, begun.loop());
            assertEquals(Thread.currentThread().getName(), begun.thread());
            assertEquals("poll", begun.phase());
            assertTrue(begun.elapsed().compareTo(THRESHOLD) >= 0, begun::toString);
            assertTrue(ended.elapsed().compareTo(begun.elapsed()) >= 0, ended::toString);
            assertTrue(begun.stack().stream()
                    .anyMatch(frame -> frame.getMethodName().equals("blockUntilFound")));
            assertEquals(begun.stack(), ended.stack());
            assertTrue(begun.toString().contains("is in a callback for "), begun::toString);
            assertTrue(ended.toString().contains("was in a callback for "), ended::toString);
            assertEquals("LoopWatch (from 20 ms)", watch.toString());
        }
        awaitEndOfWatchdog();
    }

    @Test
    void aWatchOfAllLoopsSeesALoopThatIsMadeLater() throws InterruptedException {
        try (LoopWatch watch = LoopWatch.start(THRESHOLD, this::take);
                Loop later = new Loop()) {
            Timer.after(later, 1, this::blockUntilFound);
            later.run();
            assertEquals("timers", Waits.take(reports).phase());
            assertEquals(later, Waits.take(reports).loop());
        }
        awaitEndOfWatchdog();
    }

    @Test
    @Tag("no-qemu")
    void aWaitAndManyShortCallbacksAreNotReported(Loop loop) throws InterruptedException {
        try (LoopWatch watch = LoopWatch.start(loop, THRESHOLD, this::take)) {
            Timer.after(loop, 100, () -> {});
            loop.run();
            for (int i = 0; i < 100; i++) {
                loop.execute(() -> spin(1_000_000));
            }
            loop.run();
        }
        awaitEndOfWatchdog();
        assertEquals(List.of(), List.copyOf(reports));
    }

    @Test
    void anotherLoopIsNotReported(Loop loop) throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);
        try (Loop other = new Loop();
                LoopWatch ofOther = LoopWatch.start(other, THRESHOLD, this::take);
                LoopWatch ofThis = LoopWatch.start(loop, THRESHOLD, report -> seen.countDown())) {
            loop.execute(() -> {
                try {
                    Waits.await(seen);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            loop.run();
        }
        awaitEndOfWatchdog();
        assertEquals(List.of(), List.copyOf(reports));
    }

    @Test
    void aListenerThatThrowsDoesNotEndTheWatch(Loop loop) throws InterruptedException {
        Consumer<SlowCallback> listener = report -> {
            take(report);
            throw new IllegalStateException("planted: a listener throws");
        };
        try (LoopWatch watch = LoopWatch.start(loop, THRESHOLD, listener)) {
            loop.execute(this::blockUntilFound);
            loop.run();
            assertFalse(Waits.take(reports).finished());
            assertTrue(Waits.take(reports).finished());
        }
        awaitEndOfWatchdog();
    }

    @Test
    void aThresholdBelowAMillisecondIsRefused() {
        UsageException refused =
                assertThrows(UsageException.class, () -> LoopWatch.start(Duration.ofNanos(999_999), report -> {}));
        assertEquals("ERR_OUT_OF_RANGE", refused.code());
    }

    @Test
    void aRecordingHasBothReports(Loop loop) throws InterruptedException {
        try (FlightRecording recording = FlightRecording.of("SlowCallback");
                LoopWatch watch = LoopWatch.start(loop, Duration.ofMillis(60), this::take)) {
            loop.execute(this::blockUntilFound); // the recording has found it long before
            loop.run();
            assertTrue(Waits.take(reports).elapsed().toMillis() >= 60);
            assertTrue(Waits.take(reports).finished(), "the recording has its end, too");
            List<RecordedEvent> events = recording.stop();
            assertEquals(2, events.size(), events::toString);
            RecordedEvent begun = events.get(events.get(0).getBoolean("finished") ? 1 : 0);
            RecordedEvent ended = events.get(events.get(0).getBoolean("finished") ? 0 : 1);
            assertFalse(begun.getBoolean("finished"));
            assertTrue(ended.getBoolean("finished"));
            assertEquals(begun.getLong("callback"), ended.getLong("callback"));
            assertEquals(begun.getLong("turn"), ended.getLong("turn"));
            assertEquals(Thread.currentThread().getName(), begun.getString("loop"));
            assertEquals("poll", begun.getString("phase"));
            assertTrue(begun.getString("stack").contains("blockUntilFound"), begun::toString);
            assertNull(ended.getString("stack"));
            assertEquals("chagres-watchdog", begun.getThread().getJavaName());
            assertTrue(begun.getDuration().compareTo(THRESHOLD) >= 0, begun::toString);
            assertTrue(ended.getDuration().toMillis() >= 60, ended::toString);
        }
        awaitEndOfWatchdog();
    }

    @Test
    void theThresholdOfTheRecordingDecides(Loop loop) throws InterruptedException {
        try (FlightRecording recording = FlightRecording.of("SlowCallback#threshold=30 s");
                LoopWatch watch = LoopWatch.start(loop, THRESHOLD, this::take)) {
            loop.execute(this::blockUntilFound);
            loop.run();
            Waits.take(reports);
            Waits.take(reports);
            assertEquals(List.of(), recording.stop());
        }
        awaitEndOfWatchdog();
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static void awaitEndOfWatchdog() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("chagres-watchdog")) {
                Waits.join(thread);
            }
        }
    }
}
