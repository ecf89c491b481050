package io.chagres.loop.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import org.junit.jupiter.api.Tag;
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

    /** A pool of two threads that are busy until {@link #mayGo} opens. */
    private WorkerPool busyPool(int maxWaiting) throws InterruptedException {
        WorkerPool pool = new WorkerPool(2, maxWaiting);
        CountDownLatch begun = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            assertNotNull(pool.execute(() -> {
                begun.countDown();
                await(mayGo);
            }));
        }
        Waits.await(begun);
        return pool;
    }

    @Test
    void aJobIsRefusedIfAsManyWaitAsMayWait() throws InterruptedException {
        WorkerPool pool = busyPool(3);
        CountDownLatch ended = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            assertNotNull(pool.execute(() -> note("ran", ended)));
        }
        assertNull(pool.execute(() -> note("refused", ended)));
        assertEquals("WorkerPool (workers, 2 of 2 threads busy, 3 of 3 jobs wait, 1 refused)", pool.toString());
        mayGo.countDown();
        Waits.await(ended);
        assertEquals(List.of("ran", "ran", "ran"), order);
    }

    @Test
    void withAQueueOfNoPlaceAJobRunsOnlyIfThereIsAThreadForIt() throws InterruptedException {
        WorkerPool pool = busyPool(0);
        assertNull(pool.execute(() -> note("refused", mayGo)));
        assertNull(pool.executeSlow(() -> note("refused", mayGo)));
        mayGo.countDown();
        CountDownLatch ended = new CountDownLatch(1);
        Waits.until("a thread is free", () -> pool.execute(() -> note("ran", ended)) != null);
        Waits.await(ended);
        assertEquals(List.of("ran"), order);
    }

    /** More jobs than the queue has places, and no thread has begun one yet. */
    @Test
    void aJobForWhichThereIsAThreadTakesNoPlaceInTheQueue() throws InterruptedException {
        List<Runnable> threads = new ArrayList<>();
        WorkerPool pool = new WorkerPool("a.test.workers", 4, 1, worker -> {
            threads.add(worker);
            return Thread.ofPlatform().daemon().unstarted(() -> await(mayGo));
        });
        for (int i = 0; i < 5; i++) {
            assertNotNull(pool.execute(() -> {}), "job " + i);
        }
        assertNull(pool.execute(() -> {}));
        assertEquals(4, threads.size());
        mayGo.countDown();
    }

    @Test
    void slowJobsThatWaitTakeNoPlaceOfTheOthers() throws InterruptedException {
        WorkerPool pool = busyPool(2);
        CountDownLatch ended = new CountDownLatch(4);
        assertNotNull(pool.executeSlow(() -> note("slow", ended)));
        assertNotNull(pool.executeSlow(() -> note("slow", ended)));
        assertNotNull(pool.executeSlow(() -> note("slow", ended)));
        assertNull(pool.executeSlow(() -> note("refused", ended)));
        assertNotNull(pool.execute(() -> note("ordinary", ended)));
        assertNull(pool.execute(() -> note("refused", ended)));
        mayGo.countDown();
        Waits.await(ended);
        Collections.sort(order);
        assertEquals(List.of("ordinary", "slow", "slow", "slow"), order);
    }

    @Test
    void aJobThatIsWithdrawnDoesNotRunAndFreesItsPlace() throws InterruptedException {
        WorkerPool pool = busyPool(3);
        CountDownLatch ended = new CountDownLatch(2);
        PoolJob first = pool.execute(() -> note("first", ended));
        pool.execute(() -> note("second", ended));
        PoolJob third = pool.execute(() -> note("third", ended));
        third.withdraw();
        first.withdraw();
        first.withdraw();
        assertEquals(1, pool.waiting());
        PoolJob fourth = pool.execute(() -> note("fourth", ended));
        mayGo.countDown();
        Waits.await(ended);
        fourth.withdraw();
        Collections.sort(order);
        assertEquals(List.of("fourth", "second"), order);
    }

    @Test
    void aSlowJobThatIsWithdrawnGivesItsThreadToTheNext() throws InterruptedException {
        WorkerPool pool = busyPool(2);
        CountDownLatch ended = new CountDownLatch(2);
        PoolJob admitted = pool.executeSlow(() -> note("withdrawn", ended));
        pool.executeSlow(() -> note("slow 1", ended));
        PoolJob waiting = pool.executeSlow(() -> note("withdrawn", ended));
        admitted.withdraw();
        waiting.withdraw();
        pool.executeSlow(() -> note("slow 2", ended));
        mayGo.countDown();
        Waits.await(ended);
        assertEquals(List.of("slow 1", "slow 2"), order);
    }

    @Test
    void allLoopsOfTheProcessShareAPoolForWorkAndOneForLookups() {
        assertSame(WorkerPool.shared(), WorkerPool.shared());
        assertSame(WorkerPool.lookups(), WorkerPool.lookups());
        assertNotSame(WorkerPool.shared(), WorkerPool.lookups());
        assertTrue(WorkerPool.shared().size() >= 1);
        assertEquals("workers", WorkerPool.shared().name());
        assertEquals("lookups", WorkerPool.lookups().name());
    }

    @ParameterizedTest
    @CsvSource({
        "-Dunrelated=1, 4 100000 4 10000",
        "-Dio.chagres.workers=7, 7 100000 4 10000",
        "-Dio.chagres.workers=0, 1 100000 4 10000",
        "-Dio.chagres.workers=5000, 1024 100000 4 10000",
        "-Dio.chagres.workers.queue=0 -Dio.chagres.lookups=2, 4 0 2 10000",
        "-Dio.chagres.workers=many -Dio.chagres.lookups.queue=3, 4 100000 4 3",
        "-Dio.chagres.lookups=-3 -Dio.chagres.lookups.queue=-1, 4 100000 1 0"
    })
    @Tag("host")
    void propertiesSetTheNumberOfThreadsAndOfJobsThatWait(String options, String sizes) throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(PrintSizes.class, options.split(" "));
        assertEquals(sizes, outcome.output());
        assertEquals(0, outcome.status());
    }

    static final class PrintSizes {
        public static void main(String[] arguments) {
            WorkerPool work = WorkerPool.shared();
            WorkerPool lookups = WorkerPool.lookups();
            System.out.println(
                    work.size() + " " + work.maxWaiting() + " " + lookups.size() + " " + lookups.maxWaiting());
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
