package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.handle.Timer;
import io.chagres.handle.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The end of a loop thread reaches its starter: a death, a normal end, and an end that does not come in time. */
@ExtendWith(LoopFixture.class)
class LoopThreadEndTest {

    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration LONG = Duration.ofSeconds(30);

    private static LoopThread start() {
        return Loop.start("a loop", loop -> Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {}));
    }

    /** Lets the loop die of {@code broken}, and returns what its future fails with. */
    private static Throwable kill(LoopThread loopThread, RuntimeException broken) {
        CompletableFuture<Void> ended = loopThread.ended();
        loopThread.execute(() -> {
            throw broken;
        });
        return Waits.get(ended.handle((nothing, thrown) -> thrown));
    }

    @Test
    void aDeathReachesTheStarterInEachWay() throws InterruptedException {
        IllegalStateException broken = new IllegalStateException("task");
        AtomicReference<Throwable> heard = new AtomicReference<>();
        AtomicReference<String> place = new AtomicReference<>();
        LoopThread loopThread = start().onExit(thrown -> {
            heard.set(thrown);
            place.set(Thread.currentThread().getName());
        });
        assertTrue(loopThread.isAlive());
        assertNull(loopThread.failure());

        assertSame(broken, kill(loopThread, broken));

        assertSame(broken, heard.get());
        assertEquals("a loop", place.get());
        assertFalse(loopThread.isAlive());
        assertSame(broken, loopThread.failure());
        ChagresException died = assertThrows(ChagresException.class, loopThread::join);
        assertEquals("ERR_LOOP_DIED", died.code());
        assertEquals(
                "the loop of thread \"a loop\" has died: java.lang.IllegalStateException: task", died.getMessage());
        assertSame(broken, died.getCause());
        assertSame(
                broken,
                assertThrows(ChagresException.class, () -> loopThread.join(LONG))
                        .getCause());
        assertSame(
                broken,
                assertThrows(RejectedExecutionException.class, () -> loopThread.execute(() -> {}))
                        .getCause());
        loopThread.close();
        loopThread.close(Duration.ZERO);
    }

    @Test
    void aNormalEndHasNoFailure() throws InterruptedException {
        List<Object> heard = new ArrayList<>();
        LoopThread loopThread = start().onExit(thrown -> heard.add(thrown == null ? "normal" : thrown));
        CompletableFuture<Void> ended = loopThread.ended();
        assertFalse(loopThread.join(Duration.ZERO));
        loopThread.close();
        assertEquals(List.of("normal"), heard);
        assertNull(loopThread.failure());
        assertNull(Waits.get(ended));
        loopThread.join();
        assertTrue(loopThread.join(Duration.ZERO));
    }

    @Test
    void aListenerThatIsAddedAfterTheEndIsCalledAtOnceByTheCallingThread() throws InterruptedException {
        IllegalStateException broken = new IllegalStateException("task");
        LoopThread loopThread = start();
        kill(loopThread, broken);
        List<Object> heard = new ArrayList<>();
        loopThread.onExit(thrown -> heard.addAll(List.of(thrown, Thread.currentThread())));
        assertEquals(List.of(broken, Thread.currentThread()), heard);
        assertTrue(loopThread.ended().isCompletedExceptionally());
        loopThread.close();
    }

    @Test
    void aListenerThatThrowsDoesNotStopTheOthers() {
        IllegalStateException broken = new IllegalStateException("listener");
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        List<String> heard = new ArrayList<>();
        LoopThread loopThread = Loop.start(
                        "a loop",
                        loop -> Thread.currentThread()
                                .setUncaughtExceptionHandler((thread, thrown) -> uncaught.complete(thrown)))
                .onExit(thrown -> {
                    throw broken;
                })
                .onExit(thrown -> heard.add("second"));
        loopThread.close();
        assertSame(broken, Waits.get(uncaught));
        assertEquals(List.of("second"), heard);
    }

    @Test
    void anInterruptEndsTheWaitOfJoinAndNotTheLoop() {
        try (LoopThread loopThread = start()) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, loopThread::join);
            assertTrue(loopThread.isAlive());
        }
    }

    @Test
    void joinOnTheLoopThreadIsRefused() {
        try (LoopThread loopThread = start()) {
            CompletableFuture<Throwable> refused = new CompletableFuture<>();
            loopThread.execute(
                    () -> refused.complete(assertThrows(UsageException.class, () -> loopThread.join(SHORT))));
            assertEquals("EDEADLK", ((UsageException) Waits.get(refused)).code());
        }
    }

    @Test
    void aCloseGivesUpOnACallbackThatDoesNotReturnAndShowsItsStack() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        LoopThread loopThread = start();
        loopThread.execute(() -> block(inside, go));
        Waits.await(inside);

        StuckLoopException stuck = assertThrows(StuckLoopException.class, () -> loopThread.close(SHORT));

        assertEquals("ETIMEDOUT", stuck.code());
        assertTrue(
                stuck.getMessage()
                        .matches(
                                "the loop of thread \"a loop\" has not ended within 30 ms: it has been in a callback for "
                                        + "\\S+ \\S+ \\(poll phase\\): .*Waits\\.await\\(Waits\\.java:\\d+\\)"),
                stuck.getMessage());
        assertTrue(shows(stuck.getCause().getStackTrace(), "block"));
        assertEquals(stuck.stack(), List.of(stuck.getCause().getStackTrace()));
        assertTrue(loopThread.isAlive());

        go.countDown(); // the order to stop remains
        loopThread.join();
    }

    @Test
    void aCloseGivesUpOnWorkThatDoesNotReturnAndShowsItsStack() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        LoopThread loopThread = start();
        loopThread.execute(() -> Work.submit(
                loopThread.loop(),
                () -> {
                    block(inside, go);
                    return null;
                },
                (done, thrown) -> {}));
        Waits.await(inside);

        StuckLoopException stuck = assertThrows(StuckLoopException.class, () -> loopThread.close(SHORT));

        assertTrue(
                stuck.getMessage()
                        .matches("the loop of thread \"a loop\" has not ended within 30 ms: it waits for Work on "
                                + "thread \"\\S+\": .*Waits\\.await\\(Waits\\.java:\\d+\\)"),
                stuck.getMessage());
        assertTrue(shows(stuck.getCause().getSuppressed()[0].getStackTrace(), "block"));
        go.countDown();
        loopThread.join();
    }

    private static void block(CountDownLatch inside, CountDownLatch go) {
        inside.countDown();
        try {
            Waits.await(go);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean shows(StackTraceElement[] stack, String method) {
        return Arrays.stream(stack)
                .anyMatch(frame -> frame.getClassName().equals(LoopThreadEndTest.class.getName())
                        && frame.getMethodName().equals(method));
    }

    @Test
    void aDrainGivesUpOnAHandleThatStaysOpenAndNamesIt() {
        LoopThread loopThread = Loop.start("a loop", loop -> {
            Timer.after(loop, 3_600_000, () -> {});
            Timer.after(loop, 7_200_000, () -> {}).unref();
        });
        StuckLoopException stuck = assertThrows(StuckLoopException.class, () -> loopThread.drain(SHORT));
        assertTrue(
                stuck.getMessage()
                        .startsWith(
                                "the loop of thread \"a loop\" has not ended within 30 ms: it is kept alive by Timer"),
                stuck.getMessage());
        assertFalse(stuck.getMessage().contains("more"), stuck.getMessage());
        assertTrue(loopThread.isAlive());
        loopThread.close();
        loopThread.drain(Duration.ZERO);
    }

    @Test
    void aDrainNamesFiveHandlesAndCountsTheOthers() {
        LoopThread loopThread = Loop.start("a loop", loop -> {
            for (int i = 0; i < 7; i++) {
                Timer.after(loop, 3_600_000, () -> {});
            }
        });
        StuckLoopException stuck = assertThrows(StuckLoopException.class, () -> loopThread.drain(SHORT));
        assertTrue(stuck.getMessage().endsWith(" and 2 more"), stuck.getMessage());
        loopThread.close(LONG);
    }

    @Test
    void aCloseWithALimitReturnsWhenTheLoopHasEnded() {
        LoopThread loopThread = start();
        loopThread.close(Duration.ofSeconds(Long.MAX_VALUE));
        assertFalse(loopThread.isAlive());
    }

    @Test
    void anArgumentOfNullIsRefused() {
        try (LoopThread loopThread = start()) {
            for (Runnable call : List.<Runnable>of(
                    () -> loopThread.close(null), () -> loopThread.drain(null), () -> loopThread.onExit(null))) {
                assertEquals(
                        "EINVAL", assertThrows(UsageException.class, call::run).code());
            }
            assertTrue(loopThread.isAlive());
        }
    }
}
