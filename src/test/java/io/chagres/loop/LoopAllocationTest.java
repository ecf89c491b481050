package io.chagres.loop;

import static io.chagres.loop.RunMode.NOWAIT;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Allocations;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import io.chagres.sys.Epoll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a loop does over and over makes no garbage. */
@ExtendWith(LoopFixture.class)
class LoopAllocationTest {

    private static final int TIMES = 10_000;
    /** For the measurement itself; far less than one byte for each time. */
    private static final long ALLOWANCE = TIMES / 10;

    private int count;

    private static void assertNoGarbage(Runnable operation) {
        long bytes = Allocations.steadyState(ALLOWANCE, () -> {
            for (int i = 0; i < TIMES; i++) {
                operation.run();
            }
        });
        assertTrue(bytes <= ALLOWANCE, bytes + " bytes in " + TIMES + " operations");
    }

    private static void end(Loop loop) {
        loop.core().visitResidents(Resident::close);
        loop.run();
    }

    @Test
    void anIterationWithAnIdleHandle(Loop loop) {
        new Idle(loop).start(() -> count++);
        assertNoGarbage(() -> loop.run(NOWAIT));
        end(loop);
    }

    @Test
    void aTimerThatFiresAndIsStartedAgain(Loop loop) {
        Timer timer = new Timer(loop);
        Runnable again = new Runnable() {
            @Override
            public void run() {
                count++;
                timer.start(0, this);
            }
        };
        timer.start(0, again);
        assertNoGarbage(() -> loop.run(NOWAIT));
        end(loop);
    }

    @Test
    void aTimerThatIsPutOff(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(1_000_000, 1_000_000, () -> count++);
        assertNoGarbage(timer::again);
        end(loop);
    }

    @Test
    void aTaskThatIsUsedAgain(Loop loop) {
        Task task = new Task() {
            @Override
            protected void run() {
                count++;
            }
        };
        assertNoGarbage(() -> {
            loop.core().post(task);
            loop.run(NOWAIT);
        });
    }

    @Test
    void aTick(Loop loop) {
        Runnable tick = () -> count++;
        assertNoGarbage(() -> {
            loop.nextTick(tick);
            loop.run(NOWAIT);
        });
    }

    @Test
    void aCompletion(Loop loop) {
        Runnable completion = () -> count++;
        assertNoGarbage(() -> {
            loop.core().pend(completion);
            loop.run(NOWAIT);
        });
    }

    @Test
    void anEvent(Loop loop) {
        try (Descriptor event = Descriptor.event(1)) {
            Watcher watcher = new CountingWatcher(loop);
            watcher.attach(event.fd());
            watcher.want(Epoll.EPOLLIN);
            loop.core().hold();
            assertNoGarbage(() -> loop.run(NOWAIT));
            loop.core().release();
            watcher.detach(true);
        }
    }

    @Test
    void interestThatChangesInEachIteration(Loop loop) {
        try (Descriptor event = Descriptor.event(1)) {
            Watcher watcher = new CountingWatcher(loop);
            watcher.attach(event.fd());
            loop.core().hold();
            assertNoGarbage(() -> {
                watcher.want(watcher.wanted() ^ Epoll.EPOLLIN);
                loop.run(NOWAIT);
            });
            loop.core().release();
            watcher.detach(true);
        }
    }

    private final class CountingWatcher extends Watcher {
        CountingWatcher(Loop loop) {
            super(loop.core());
        }

        @Override
        protected void onReady(int events) {
            count++;
        }

        @Override
        protected void onRefused(int errno) {
            throw new AssertionError(errno);
        }
    }
}
