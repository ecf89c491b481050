package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.loop.internal.WorkerPool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class WorkCancelTest {

    private final List<String> calls = new ArrayList<>();
    private final AtomicInteger ran = new AtomicInteger();
    private final Callable<Integer> job = ran::incrementAndGet;

    private void keep(Object result, Throwable failure) {
        calls.add(failure instanceof SystemException error ? error.code() : String.valueOf(result));
    }

    @Test
    @Covers("libuv:threadpool_cancel_work")
    void queuedJobsNeverRunAndTheirCallbacksGetEcanceled(Loop loop) throws InterruptedException {
        BusyWorkers busy = new BusyWorkers(loop);
        List<Work<?>> queued = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            queued.add(Work.submit(loop, job, this::keep));
        }
        Timer.after(loop, 0, () -> {
            queued.forEach(work -> assertTrue(work.cancel()));
            busy.letGo();
        });
        assertFalse(loop.run());
        assertEquals(Collections.nCopies(16, "ECANCELED"), calls);
        assertEquals(WorkerPool.shared().size(), busy.ended());
        assertEquals(0, ran.get());
    }

    @Test
    @Covers({"libuv:threadpool_cancel_getaddrinfo", "libuv:threadpool_cancel_getnameinfo"})
    void queuedSlowJobsNeverRunAndTheirCallbacksGetEcanceled(Loop loop) throws InterruptedException {
        BusyWorkers busy = new BusyWorkers(loop);
        List<Work<?>> queued = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            queued.add(Work.submitSlow(loop, job, this::keep));
        }
        queued.forEach(work -> assertTrue(work.cancel()));
        busy.letGo();
        assertFalse(loop.run());
        assertEquals(Collections.nCopies(4, "ECANCELED"), calls);
        assertEquals(0, ran.get());
    }

    @Test
    @Covers("libuv:threadpool_cancel_single")
    void theCallbackOfACancelledJobIsCalledByTheLoop(Loop loop) throws InterruptedException {
        BusyWorkers busy = new BusyWorkers(loop);
        Work<?> work = Work.submit(loop, job, this::keep);
        assertTrue(work.cancel());
        assertEquals(List.of(), calls);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("ECANCELED"), calls);
        busy.letGo();
        loop.run();
        assertEquals(List.of("ECANCELED"), calls);
        assertEquals(0, ran.get());
    }

    @Test
    @Covers("libuv:threadpool_cancel_when_busy")
    void aRunningJobIsNotCancelled(Loop loop) throws InterruptedException {
        Gate started = new Gate();
        Gate mayEnd = new Gate();
        Work<?> work = Work.submit(
                loop,
                () -> {
                    started.open();
                    mayEnd.await();
                    return "finished";
                },
                this::keep);
        started.await();
        assertFalse(work.cancel());
        mayEnd.open();
        loop.run();
        assertEquals(List.of("finished"), calls);
    }

    @Test
    void aJobThatIsDoneIsNotCancelled(Loop loop) {
        Work<?> work = Work.submit(loop, job, this::keep);
        loop.run();
        assertFalse(work.cancel());
        assertFalse(loop.run());
        assertEquals(List.of("1"), calls);
    }

    @Test
    void aSecondCancelOfAJobIsRefused(Loop loop) throws InterruptedException {
        BusyWorkers busy = new BusyWorkers(loop);
        Work<?> work = Work.submit(loop, job, this::keep);
        assertTrue(work.cancel());
        assertFalse(work.cancel());
        busy.letGo();
        loop.run();
        assertFalse(work.cancel());
        assertEquals(List.of("ECANCELED"), calls);
    }

    @Test
    void theErrorOfACancelledJobNamesWork(Loop loop) throws InterruptedException {
        BusyWorkers busy = new BusyWorkers(loop);
        Work.submit(loop, job, (result, failure) -> calls.add(failure.getMessage()))
                .cancel();
        busy.letGo();
        loop.run();
        assertEquals(List.of("work ECANCELED"), calls);
    }

    @Test
    void aCancelledJobDelaysNoOtherJob(Loop loop) throws InterruptedException {
        BusyWorkers busy = new BusyWorkers(loop);
        Work<?> first = Work.submitSlow(loop, job, this::keep);
        for (int i = 0; i < 8; i++) {
            Work.submitSlow(loop, () -> "slow", this::keep);
        }
        first.cancel();
        busy.letGo();
        loop.run();
        assertEquals("ECANCELED", calls.getFirst());
        assertEquals(Collections.nCopies(8, "slow"), calls.subList(1, 9));
    }

    @Test
    void cancelAndStartRaceForEachJobAndOneOfThemWins(Loop loop) {
        int jobs = 20_000;
        int[] cancelled = {0};
        for (int i = 0; i < jobs; i++) {
            Work<?> work = Work.submit(loop, job, this::keep);
            cancelled[0] += work.cancel() ? 1 : 0;
        }
        assertFalse(loop.run());
        assertEquals(jobs, calls.size());
        assertEquals(cancelled[0], Collections.frequency(calls, "ECANCELED"));
        assertEquals(jobs - cancelled[0], ran.get());
    }
}
