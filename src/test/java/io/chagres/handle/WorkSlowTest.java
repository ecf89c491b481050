package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.WorkerPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class WorkSlowTest {

    private final int size = WorkerPool.shared().size();
    private final int half = (size + 1) / 2;
    private final Gate halfStarted = new Gate(half);
    private final Gate mayEnd = new Gate();
    private final AtomicInteger slowStarted = new AtomicInteger();
    private int slowEnded;
    private int ordinaryEnded;
    private int slowStartedByThen;
    private int slowEndedByThen;

    @Test
    void ordinaryWorkRunsWhileSlowWorkWaits(Loop loop) throws InterruptedException {
        for (int i = 0; i < 3 * size; i++) {
            Work.submitSlow(loop, this::waitSlowly, (result, failure) -> slowEnded++);
        }
        halfStarted.await();
        for (int i = 0; i < 100; i++) {
            Work.submit(loop, () -> null, (result, failure) -> letSlowWorkGoAfter(100));
        }
        loop.run();
        assertEquals(100, ordinaryEnded);
        assertEquals(half, slowStartedByThen);
        assertEquals(0, slowEndedByThen);
        assertEquals(3 * size, slowEnded);
        assertEquals(3 * size, slowStarted.get());
    }

    private Object waitSlowly() throws InterruptedException {
        slowStarted.incrementAndGet();
        halfStarted.open();
        mayEnd.await();
        return null;
    }

    private void letSlowWorkGoAfter(int all) {
        if (++ordinaryEnded == all) {
            slowStartedByThen = slowStarted.get();
            slowEndedByThen = slowEnded;
            mayEnd.open();
        }
    }
}
