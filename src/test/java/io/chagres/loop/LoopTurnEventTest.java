package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.FlightRecording;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Timer;
import java.time.Duration;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The event io.chagres.LoopTurn. */
@ExtendWith(LoopFixture.class)
class LoopTurnEventTest {

    @Test
    void eachIterationIsRecordedWithItsWaitAndItsCallbacks(Loop loop) {
        try (FlightRecording recording = FlightRecording.of("LoopTurn#threshold=0 ms")) {
            Timer.after(loop, 30, () -> {});
            loop.execute(() -> {});
            loop.run();
            List<RecordedEvent> turns = recording.stop();
            assertEquals(loop.metrics().iterations(), turns.size());
            long number = 1;
            for (RecordedEvent turn : turns) {
                assertEquals("io.chagres.LoopTurn", turn.getEventType().getName());
                assertEquals(Thread.currentThread().threadId(), turn.getThread().getJavaThreadId());
                assertEquals(number++, turn.getLong("turn"));
            }
            assertEquals(3, sum(turns, "callbacks"), "the task, the timer and its close");
            assertEquals(1, sum(turns, "readyCount"), "the task");
            long waited = turns.stream()
                    .mapToLong(turn -> turn.getDuration("waitTime").toNanos())
                    .sum();
            assertTrue(waited > Duration.ofMillis(20).toNanos(), () -> "waited for " + waited + " ns");
        }
    }

    @Test
    void theBusyTimeIsThatOfTheCallbacks(Loop loop) {
        try (FlightRecording recording = FlightRecording.of("LoopTurn")) {
            loop.execute(() -> {
                long end = System.nanoTime() + 30_000_000;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
            });
            loop.run();
            Duration busy = recording.stop().getFirst().getDuration("busyTime");
            assertTrue(busy.toMillis() >= 30, () -> "busy for " + busy);
        }
    }

    @Test
    void anIterationThatIsShorterThanTheThresholdIsNotRecorded(Loop loop) {
        try (FlightRecording recording = FlightRecording.of("LoopTurn#threshold=1 h")) {
            Timer.after(loop, 1, () -> {});
            loop.run();
            assertEquals(List.of(), recording.stop());
        }
    }

    @Test
    void nothingIsRecordedIfTheEventIsOff(Loop loop) {
        try (FlightRecording recording = FlightRecording.of("SlowCallback")) {
            loop.execute(() -> {});
            loop.run();
            assertEquals(List.of(), recording.stop());
        }
    }

    private static long sum(List<RecordedEvent> turns, String field) {
        return turns.stream().mapToLong(turn -> turn.getLong(field)).sum();
    }
}
