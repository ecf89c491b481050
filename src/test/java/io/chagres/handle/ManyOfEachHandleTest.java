package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A hundred thousand objects of each kind on one loop need no deep stack, and their cost does not grow with the square. */
@ExtendWith(LoopFixture.class)
@Timeout(50)
class ManyOfEachHandleTest {

    private static final int MANY = 100_000;

    private int count;

    @Test
    void aHundredThousandTicksThatQueueTheNextNeedNoDeepStack(Loop loop) {
        loop.nextTick(() -> tickAgain(loop));
        loop.run();
        assertEquals(MANY, count);
    }

    private void tickAgain(Loop loop) {
        if (++count < MANY) {
            loop.nextTick(() -> tickAgain(loop));
        }
    }

    @Test
    void aHundredThousandTasksThatPostTheNextNeedNoDeepStack(Loop loop) {
        loop.execute(() -> postAgain(loop));
        loop.run();
        assertEquals(MANY, count);
    }

    private void postAgain(Loop loop) {
        if (++count < MANY) {
            loop.execute(() -> postAgain(loop));
        }
    }

    @Test
    void aHundredThousandTasksThatWaitTogetherNeedNoDeepStack(Loop loop) {
        for (int i = 0; i < MANY; i++) {
            loop.execute(() -> count++);
        }
        loop.run();
        assertEquals(MANY, count);
    }

    @Test
    void aHundredThousandTimersThatAreClosedInTheCloseOfTheNextNeedNoDeepStack(Loop loop) {
        List<Timer> timers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            timers.add(new Timer(loop));
        }
        closeFrom(timers, 0);
        loop.run();
        assertEquals(MANY, count);
    }

    private void closeFrom(List<Timer> timers, int index) {
        if (index < timers.size()) {
            timers.get(index).close(() -> {
                count++;
                closeFrom(timers, index + 1);
            });
        }
    }

    @Test
    void aHundredThousandDueTimersThatStopOneAnotherNeedNoDeepStack(Loop loop, ManualClock clock) {
        List<Timer> timers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            int mine = i;
            timers.add(new Timer(loop));
            timers.getLast().start(10, () -> {
                count++;
                timers.get(mine).close();
                timers.get(mine + 1).close();
            });
        }
        loop.run();
        assertEquals(MANY / 2, count);
    }
}
