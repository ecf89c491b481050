package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class TimerExtremesTest {

    private static final long HUGE = (1L << 48) - 1;

    private final Journal journal = new Journal();
    private int calls;

    private static void closeAll(Loop loop) {
        Handle.walk(loop, Handle::close);
    }

    @Test
    @Covers("libuv:timer_huge_timeout")
    void hugeTimeoutsAreExactOrSaturated(Loop loop, ManualClock clock) {
        Timer tiny = new Timer(loop);
        Timer huge = new Timer(loop);
        Timer hugest = new Timer(loop);
        tiny.start(1, () -> {
            journal.add("tiny");
            closeAll(loop);
        });
        huge.start(HUGE, journal.note("huge"));
        hugest.start(Long.MAX_VALUE, journal.note("hugest"));
        assertEquals(1, tiny.dueInMillis());
        assertEquals(HUGE, huge.dueInMillis());
        assertTrue(hugest.dueInMillis() > HUGE);
        loop.run();
        journal.expect("tiny");
    }

    @Test
    @Covers("libuv:timer_huge_repeat")
    void aTimerWithAHugeRepeatFiresOnce(Loop loop, ManualClock clock) {
        Timer tiny = new Timer(loop);
        tiny.start(2, 2, () -> {
            if (++calls == 9) {
                closeAll(loop);
            }
        });
        Timer huge = new Timer(loop);
        huge.start(1, Long.MAX_VALUE, journal.note("huge"));
        loop.run();
        journal.expect("huge");
        assertEquals(9, calls);
        assertEquals(18, loop.now());
    }

    @Test
    void durationsLongerThanAnyLongAreFarAway(Loop loop, ManualClock clock) {
        for (Duration far : new Duration[] {
            ChronoUnit.FOREVER.getDuration(), Duration.ofSeconds(Long.MAX_VALUE / 1_000_000),
            Duration.ofMillis(Long.MAX_VALUE), Duration.ofNanos(Long.MAX_VALUE)
        }) {
            Timer timer = new Timer(loop);
            timer.start(far, far, journal.note("far"));
            assertTrue(timer.dueInMillis() >= Long.MAX_VALUE / 1_000_000, far + " is due in " + timer.dueInMillis());
        }
        Timer.after(loop, 1, () -> {
            journal.add("near");
            closeAll(loop);
        });
        loop.run();
        journal.expect("near");
    }

    @Test
    void aRepeatOfLessThanAMillisecondIsReportedAsNone(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(Duration.ZERO, Duration.ofNanos(1), () -> {
            if (++calls == 5) {
                timer.close();
            }
        });
        assertEquals(0, timer.repeatMillis());
        loop.run();
        assertEquals(5, calls);
    }
}
