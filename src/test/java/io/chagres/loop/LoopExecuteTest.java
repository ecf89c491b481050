package io.chagres.loop;

import static io.chagres.loop.RunMode.NOWAIT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Task;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopExecuteTest {

    private static final int THREADS = 8;
    private static final int TASKS = 12_500;

    private final Journal journal = new Journal();

    @Test
    void tasksRunInTheOrderInWhichTheyWerePosted(Loop loop) {
        loop.execute(journal.note("one"));
        loop.execute(journal.note("two"));
        loop.execute(journal.note("three"));
        loop.run();
        journal.expect("one", "two", "three");
    }

    @Test
    void aTaskThatATaskPostsWaitsForTheNextIteration(Loop loop) {
        loop.execute(() -> {
            journal.add("first");
            loop.execute(journal.note("third"));
        });
        loop.execute(journal.note("second"));
        loop.run(NOWAIT);
        journal.expect("first", "second");
        loop.run(NOWAIT);
        journal.expect("third");
    }

    @Test
    void eachOfManyTasksFromManyThreadsRunsOnceAndInTheOrderOfItsThread(Loop loop) throws InterruptedException {
        int[] next = new int[THREADS];
        int[] outOfOrder = {0};
        Thread[] threads = new Thread[THREADS];
        LoopCore.of(loop).keepAlive();
        for (int t = 0; t < THREADS; t++) {
            int number = t;
            threads[t] = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < TASKS; i++) {
                    int expected = i;
                    loop.execute(() -> {
                        if (next[number]++ != expected) {
                            outOfOrder[0]++;
                        }
                        if (Arrays.stream(next).sum() == THREADS * TASKS) {
                            LoopCore.of(loop).letGo();
                        }
                    });
                }
            });
        }
        assertFalse(loop.run());
        for (Thread thread : threads) {
            Waits.join(thread);
        }
        int[] all = new int[THREADS];
        Arrays.fill(all, TASKS);
        assertArrayEquals(all, next);
        assertEquals(0, outOfOrder[0]);
    }

    @Test
    void aTaskThatIsPostedAgainFromItsOwnRunCostsNoNewObject(Loop loop) {
        int[] runs = {0};
        LoopCore.of(loop).post(new Task() {
            @Override
            protected void run() {
                if (++runs[0] < 100) {
                    LoopCore.of(loop).post(this);
                }
            }
        });
        loop.run();
        assertEquals(100, runs[0]);
    }

    @Test
    void executeWithoutATaskIsRefused(Loop loop) {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> loop.execute(null)).code());
    }

    @Test
    void aClosedLoopRejectsTasks() {
        Loop loop = new Loop();
        loop.close();
        assertThrows(RejectedExecutionException.class, () -> loop.execute(journal.note("task")));
    }

    @Test
    void tasksThatHaveNotRunAreRunWhenTheLoopCloses() {
        try (Loop loop = new Loop()) {
            loop.execute(journal.note("task"));
        }
        journal.expect("task");
    }

    @Test
    void aTaskThatPostsItselfWithoutEndDoesNotPreventTheClose() {
        Loop loop = new Loop();
        loop.execute(new Runnable() {
            @Override
            public void run() {
                journal.add("task");
                loop.execute(this);
            }
        });
        assertThrows(RejectedExecutionException.class, loop::close);
        journal.expect("task", "task");
        assertThrows(RejectedExecutionException.class, () -> loop.execute(journal.note("task")));
    }
}
