package io.chagres.loop.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Waits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(HangGuard.class)
class WorkerPoolTest {

    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch mayGo = new CountDownLatch(1);

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "4, 2", "5, 3", "8, 4"})
    void slowJobsGetHalfOfTheThreadsRoundedUp(int size, int half) throws InterruptedException {
        WorkerPool pool = new WorkerPool(size);
        Semaphore started = new Semaphore(0);
        CountDownLatch ended = new CountDownLatch(2 * size);
        for (int i = 0; i < 2 * size; i++) {
            pool.executeSlow(() -> {
                started.release();
                await(mayGo);
                ended.countDown();
            });
        }
        Waits.acquire(started, half);
        runOrdinaryJobs(pool, size - half);
        assertEquals(0, started.availablePermits());
        mayGo.countDown();
        Waits.await(ended);
        assertEquals(2 * size - half, started.availablePermits());
    }

    /** So many at the same time: they end only when all of them have begun. */
    private static void runOrdinaryJobs(WorkerPool pool, int count) throws InterruptedException {
        CountDownLatch all = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            pool.execute(() -> {
                all.countDown();
                await(all);
            });
        }
        Waits.await(all);
    }

    @Test
    void slowJobsTakeTurnsWithOrdinaryOnesOnASingleThread() throws InterruptedException {
        WorkerPool pool = new WorkerPool(1);
        CountDownLatch ended = new CountDownLatch(4);
        pool.executeSlow(() -> {
            await(mayGo);
            note("slow 1", ended);
        });
        pool.executeSlow(() -> note("slow 2", ended));
        pool.execute(() -> note("ordinary 1", ended));
        pool.execute(() -> note("ordinary 2", ended));
        mayGo.countDown();
        Waits.await(ended);
        assertEquals(List.of("slow 1", "ordinary 1", "ordinary 2", "slow 2"), order);
    }

    @Test
    void jobsOfOneThreadRunInTheOrderOfTheirSubmission() throws InterruptedException {
        WorkerPool pool = new WorkerPool(1);
        CountDownLatch ended = new CountDownLatch(3);
        for (String name : List.of("a", "b", "c")) {
            pool.execute(() -> note(name, ended));
        }
        Waits.await(ended);
        assertEquals(List.of("a", "b", "c"), order);
    }

    @Test
    void aSlowJobThatThrowsFreesItsPlace() throws InterruptedException {
        WorkerPool pool = new WorkerPool(2);
        CountDownLatch ended = new CountDownLatch(1);
        pool.executeSlow(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {});
            throw new IllegalStateException();
        });
        pool.executeSlow(ended::countDown);
        Waits.await(ended);
    }

    @Test
    void manyThreadsMaySubmitAtOnce() throws InterruptedException {
        WorkerPool pool = new WorkerPool(4);
        CountDownLatch ended = new CountDownLatch(8 * 1000);
        for (int i = 0; i < 8; i++) {
            boolean slow = i % 2 == 0;
            Thread.ofVirtual().start(() -> {
                for (int job = 0; job < 1000; job++) {
                    submit(pool, slow, ended::countDown);
                }
            });
        }
        Waits.await(ended);
    }

    /** Makes threads as long as there are some left. */
    private static final class FewThreads implements ThreadFactory {

        private final AtomicInteger left;

        FewThreads(int left) {
            this.left = new AtomicInteger(left);
        }

        @Override
        public Thread newThread(Runnable worker) {
            if (left.getAndDecrement() <= 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return Thread.ofPlatform().daemon().unstarted(worker);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutAnyThreadAJobIsRefusedAndThePoolRecovers(boolean slow) throws InterruptedException {
        FewThreads threads = new FewThreads(0);
        WorkerPool pool = new WorkerPool(4, threads);
        for (int i = 0; i < 6; i++) {
            assertThrows(OutOfMemoryError.class, () -> submit(pool, slow, () -> note("refused", mayGo)));
        }
        threads.left.set(4);
        CountDownLatch ended = new CountDownLatch(6);
        for (int i = 0; i < 6; i++) {
            submit(pool, slow, () -> note("ran", ended));
        }
        assertTrue(ended.await(30, SECONDS));
        assertEquals(Collections.nCopies(6, "ran"), order);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withOneThreadEachJobThatWasAcceptedRuns(boolean slow) throws InterruptedException {
        WorkerPool pool = new WorkerPool(4, new FewThreads(1));
        CountDownLatch ended = new CountDownLatch(20);
        for (int i = 0; i < 20; i++) {
            submit(pool, slow, ended::countDown);
        }
        assertTrue(ended.await(30, SECONDS));
    }

    @Test
    void aThreadThatCouldNotBeMadeIsMadeWhenTheNextJobBegins() throws InterruptedException {
        FewThreads threads = new FewThreads(1);
        WorkerPool pool = new WorkerPool(2, threads);
        CountDownLatch both = new CountDownLatch(2);
        pool.execute(() -> await(mayGo));
        for (int i = 0; i < 2; i++) {
            pool.execute(
                    () -> { // these two end only when both of them have begun
                        both.countDown();
                        await(both);
                    });
        }
        threads.left.set(1);
        mayGo.countDown();
        assertTrue(both.await(30, SECONDS));
    }

    @Test
    void aJobThatThrowsDoesNotEndItsThread() throws InterruptedException {
        WorkerPool pool = new WorkerPool(1, new FewThreads(1));
        CountDownLatch ended = new CountDownLatch(1);
        pool.execute(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {
                throw new IllegalStateException("from the handler");
            });
            throw new StackOverflowError();
        });
        pool.execute(ended::countDown);
        assertTrue(ended.await(30, SECONDS));
    }

    @Test
    void anInterruptOfOneJobDoesNotReachTheNext() throws InterruptedException {
        WorkerPool pool = new WorkerPool(1);
        CountDownLatch ended = new CountDownLatch(1);
        pool.execute(() -> Thread.currentThread().interrupt());
        pool.execute(() -> note(Thread.interrupted() ? "interrupted" : "not interrupted", ended));
        assertTrue(ended.await(30, SECONDS));
        assertEquals(List.of("not interrupted"), order);
    }

    private static void submit(WorkerPool pool, boolean slow, Runnable job) {
        if (slow) {
            pool.executeSlow(job);
        } else {
            pool.execute(job);
        }
    }

    @Test
    void allLoopsOfTheProcessShareOneWorkerPool() {
        assertSame(WorkerPool.shared(), WorkerPool.shared());
        assertTrue(WorkerPool.shared().size() >= 1);
    }

    @ParameterizedTest
    @CsvSource({
        "-Dunrelated=1, 4",
        "-Dio.chagres.workers=7, 7",
        "-Dio.chagres.workers=0, 1",
        "-Dio.chagres.workers=-3, 1",
        "-Dio.chagres.workers=5000, 1024",
        "-Dio.chagres.workers=many, 4"
    })
    void aPropertySetsTheNumberOfWorkerThreads(String option, String size) throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(PrintSize.class, option);
        assertEquals(size, outcome.output());
        assertEquals(0, outcome.status());
    }

    static final class PrintSize {
        public static void main(String[] arguments) {
            System.out.println(WorkerPool.shared().size());
        }
    }

    private void note(String name, CountDownLatch ended) {
        order.add(name);
        ended.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            Waits.await(latch);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
