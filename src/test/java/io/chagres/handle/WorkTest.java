package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class WorkTest {

    private final List<String> calls = new ArrayList<>();
    private Object result;
    private Throwable failure;

    private void keep(Object result, Throwable failure) {
        calls.add("callback");
        this.result = result;
        this.failure = failure;
    }

    @Test
    @Covers("libuv:threadpool_queue_work_simple")
    void aJobRunsOnAWorkerAndItsCallbackOnTheLoop(Loop loop) {
        Thread[] worker = new Thread[1];
        Thread[] caller = new Thread[1];
        Work.submit(
                loop,
                () -> {
                    worker[0] = Thread.currentThread();
                    return "done";
                },
                (done, thrown) -> {
                    caller[0] = Thread.currentThread();
                    keep(done, thrown);
                });
        assertTrue(loop.isAlive());
        assertFalse(loop.run());
        assertEquals(List.of("callback"), calls);
        assertEquals("done", result);
        assertNull(failure);
        assertSame(Thread.currentThread(), caller[0]);
        assertNotSame(Thread.currentThread(), worker[0]);
        assertTrue(worker[0].isDaemon());
        assertTrue(worker[0].getName().startsWith("chagres-worker-"), worker[0].getName());
    }

    @Test
    @Covers("libuv:threadpool_queue_work_einval")
    void workWithoutAJobIsRefused(Loop loop) {
        Callable<String> none = null;
        UsageException refused = assertThrows(UsageException.class, () -> Work.submit(loop, none, this::keep));
        assertEquals("EINVAL", refused.code());
        assertEquals("job must not be null", refused.getMessage());
        assertFalse(loop.run());
        assertEquals(List.of(), calls);
    }

    @Test
    void workWithoutALoopOrACallbackIsRefused(Loop loop) {
        assertEquals(
                "callback must not be null",
                assertThrows(UsageException.class, () -> Work.submit(loop, () -> 1, null))
                        .getMessage());
        assertEquals(
                "loop must not be null",
                assertThrows(UsageException.class, () -> Work.submitSlow(null, () -> 1, this::keep))
                        .getMessage());
        assertFalse(loop.isAlive());
    }

    @Test
    void theCallbackReceivesTheExceptionOfTheJob(Loop loop) {
        IOException thrown = new IOException("no such thing");
        Work.submit(
                loop,
                () -> {
                    throw thrown;
                },
                this::keep);
        loop.run();
        assertSame(thrown, failure);
        assertNull(result);
    }

    @Test
    void theCallbackReceivesAnErrorOfTheJob(Loop loop) {
        StackOverflowError thrown = new StackOverflowError();
        Work.submitSlow(
                loop,
                () -> {
                    throw thrown;
                },
                this::keep);
        loop.run();
        assertSame(thrown, failure);
    }

    @Test
    void aJobMayReturnNull(Loop loop) {
        Work.submit(loop, () -> null, this::keep);
        loop.run();
        assertEquals(List.of("callback"), calls);
        assertNull(result);
        assertNull(failure);
    }

    @Test
    void theCallbackIsNeverCalledInsideSubmit(Loop loop) throws InterruptedException {
        Gate ran = new Gate();
        Work.submit(
                loop,
                () -> {
                    ran.open();
                    return null;
                },
                this::keep);
        ran.await();
        assertEquals(List.of(), calls);
        loop.run();
        assertEquals(List.of("callback"), calls);
    }

    @Test
    void aWorkCallbackMaySubmitMoreWork(Loop loop) {
        submitAgain(loop, 3);
        loop.run();
        assertEquals(List.of("3", "2", "1"), calls);
    }

    private void submitAgain(Loop loop, int times) {
        Work.submit(loop, () -> times, (done, thrown) -> {
            calls.add(done.toString());
            if (done > 1) {
                submitAgain(loop, done - 1);
            }
        });
    }

    @Test
    void ticksRunAfterEachWorkCallback(Loop loop) {
        for (int i = 0; i < 2; i++) {
            Work.submit(loop, () -> null, (done, thrown) -> {
                calls.add("callback");
                loop.nextTick(() -> calls.add("tick"));
            });
        }
        loop.run();
        assertEquals(List.of("callback", "tick", "callback", "tick"), calls);
    }

    @Test
    void theExceptionOfAWorkCallbackGoesToTheLoop(Loop loop) {
        Work.submit(loop, () -> null, (done, thrown) -> {
            throw new IllegalStateException("from the callback");
        });
        assertEquals(
                "from the callback",
                assertThrows(IllegalStateException.class, loop::run).getMessage());
        assertFalse(loop.isAlive());
    }

    @Test
    void workPrintsItsState(Loop loop) throws InterruptedException {
        Gate started = new Gate();
        Gate mayEnd = new Gate();
        Work<?> work = Work.submit(
                loop,
                () -> {
                    started.open();
                    mayEnd.await();
                    return null;
                },
                this::keep);
        started.await();
        assertEquals("Work (running)", work.toString());
        assertEquals(
                "the loop still has: Work (running)",
                assertThrows(UsageException.class, loop::closeStrictly).getMessage());
        mayEnd.open();
        loop.run();
        assertEquals("Work (done)", work.toString());
    }

    @Test
    void anotherThreadMayNotSubmitOrCancel(Loop loop) throws InterruptedException {
        Work<?> work = Work.submit(loop, () -> null, this::keep);
        Thread other = Thread.ofPlatform().start(() -> {
            assertThrows(WrongThreadException.class, () -> Work.submit(loop, () -> null, this::keep));
            assertThrows(WrongThreadException.class, work::cancel);
            calls.add("refused");
        });
        Waits.join(other);
        loop.run();
        assertEquals(List.of("refused", "callback"), calls);
    }

    @Test
    void aClosedLoopTakesNoWork() {
        Loop loop = new Loop();
        loop.close();
        UsageException refused = assertThrows(UsageException.class, () -> Work.submit(loop, () -> null, this::keep));
        assertEquals("ERR_LOOP_CLOSED", refused.code());
    }
}
