package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.handle.Timer;
import io.chagres.handle.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LoopFixture.class)
class LoopThreadTest {

    private static Thread threadOf(LoopThread loopThread) {
        return Waits.get(CompletableFuture.supplyAsync(Thread::currentThread, loopThread));
    }

    private static void nothing(Loop loop) {}

    @Test
    void theSetupRunsOnAPlatformThreadOfThatName() {
        CompletableFuture<Thread> setup = new CompletableFuture<>();
        try (LoopThread loopThread = Loop.start("a loop", loop -> setup.complete(Thread.currentThread()))) {
            assertEquals("a loop", Waits.get(setup).getName());
            assertFalse(Waits.get(setup).isVirtual());
            assertEquals(Waits.get(setup), threadOf(loopThread));
        }
    }

    @Test
    void aLoopThreadWithNothingToDoLivesUntilItIsClosed() throws InterruptedException {
        LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
        Thread thread = threadOf(loopThread);
        assertTrue(thread.isAlive());
        loopThread.close();
        assertFalse(thread.isAlive());
        assertThrows(RejectedExecutionException.class, () -> loopThread.execute(() -> {}));
    }

    @Test
    void closeOfALoopThreadClosesOpenHandles() {
        CompletableFuture<Boolean> fired = new CompletableFuture<>();
        LoopThread loopThread = Loop.start("a loop", loop -> Timer.after(loop, 3_600_000, () -> fired.complete(true)));
        loopThread.close();
        assertFalse(fired.isDone());
    }

    @Test
    void drainWaitsUntilNothingIsLeft() {
        CompletableFuture<Boolean> fired = new CompletableFuture<>();
        LoopThread loopThread = Loop.start("a loop", loop -> Timer.after(loop, 20, () -> fired.complete(true)));
        loopThread.drain();
        assertTrue(fired.isDone());
        loopThread.drain();
        loopThread.close();
    }

    @Test
    void closeAfterDrainEndsTheLoopAtOnce() throws InterruptedException {
        LoopThread loopThread = Loop.start("a loop", loop -> Timer.every(loop, 3_600_000, () -> {}));
        Thread draining = Thread.ofPlatform().start(loopThread::drain);
        loopThread.close();
        Waits.join(draining);
    }

    @Test
    void closeOnTheLoopThreadDoesNotWait() throws InterruptedException {
        LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
        Thread thread = threadOf(loopThread);
        Waits.get(CompletableFuture.runAsync(loopThread::close, loopThread));
        Waits.join(thread);
        loopThread.close();
    }

    @Test
    void anInterruptDoesNotEndTheWaitOfClose() {
        LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
        Thread thread = threadOf(loopThread);
        Thread.currentThread().interrupt();
        loopThread.close();
        assertTrue(Thread.interrupted());
        assertFalse(thread.isAlive());
    }

    @Test
    void whatTheSetupThrowsIsThrownByStart() throws InterruptedException {
        IllegalStateException broken = new IllegalStateException("setup");
        CompletableFuture<Thread> started = new CompletableFuture<>();
        assertSame(
                broken,
                assertThrows(
                        IllegalStateException.class,
                        () -> Loop.start("a loop", loop -> {
                            started.complete(Thread.currentThread());
                            loop.setUncaughtHandler(thrown -> {});
                            new Timer(loop);
                            throw broken;
                        })));
        Waits.join(Waits.get(started));
    }

    @Test
    void anErrorOfTheSetupIsThrownByStart() {
        AssertionError broken = new AssertionError("setup");
        assertSame(
                broken,
                assertThrows(
                        AssertionError.class,
                        () -> Loop.start("a loop", loop -> {
                            throw broken;
                        })));
    }

    @Test
    void whatATickOfTheSetupThrowsIsThrownByStart() {
        IllegalStateException broken = new IllegalStateException("no listener for an error");
        assertSame(
                broken,
                assertThrows(
                        IllegalStateException.class,
                        () -> Loop.start(
                                "a loop",
                                loop -> loop.nextTick(() -> {
                                    throw broken;
                                }))));
    }

    @Test
    void startReturnsWhenTheSetupHasReturned() {
        AtomicBoolean done = new AtomicBoolean();
        try (LoopThread loopThread = Loop.start("a loop", loop -> {
            LockSupport.parkNanos(20_000_000);
            done.set(true);
        })) {
            assertTrue(done.get());
        }
    }

    @Test
    void executeOnALoopThatDiedNamesTheCause() throws InterruptedException {
        IllegalStateException broken = new IllegalStateException("task");
        LoopThread loopThread = Loop.start(
                "a loop", loop -> Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {}));
        loopThread.execute(() -> {
            throw broken;
        });
        loopThread.close();
        RejectedExecutionException refused =
                assertThrows(RejectedExecutionException.class, () -> loopThread.execute(() -> {}));
        assertSame(broken, refused.getCause());
        assertEquals(
                "the loop is closed; its last run ended with java.lang.IllegalStateException: task",
                refused.getMessage());
    }

    @Test
    void executeOnALoopThatWasClosedHasNoCause() {
        LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
        loopThread.close();
        RejectedExecutionException refused =
                assertThrows(RejectedExecutionException.class, () -> loopThread.execute(() -> {}));
        assertEquals("the loop is closed", refused.getMessage());
        assertNull(refused.getCause());
    }

    @Test
    void aLoopThreadIsNoDaemonAlsoIfADaemonStartsIt() throws InterruptedException {
        CompletableFuture<Boolean> fromVirtual = new CompletableFuture<>();
        CompletableFuture<Boolean> fromDaemon = new CompletableFuture<>();
        Thread virtual = Thread.ofVirtual()
                .start(() -> fromVirtual.complete(isDaemon(Loop.start("a loop", LoopThreadTest::nothing))));
        Thread daemon = Thread.ofPlatform()
                .daemon()
                .start(() -> fromDaemon.complete(isDaemon(Loop.start("a loop", LoopThreadTest::nothing))));
        assertFalse(Waits.get(fromVirtual));
        assertFalse(Waits.get(fromDaemon));
        Waits.join(virtual);
        Waits.join(daemon);
    }

    @Test
    void startDaemonMakesADaemonThread() {
        assertTrue(isDaemon(Loop.startDaemon("a loop", LoopThreadTest::nothing)));
    }

    private static boolean isDaemon(LoopThread loopThread) {
        try (loopThread) {
            return threadOf(loopThread).isDaemon();
        }
    }

    @Test
    void closeOnAWorkerOfTheSameLoopDoesNotWait() throws InterruptedException {
        CompletableFuture<LoopThread> self = new CompletableFuture<>();
        CompletableFuture<Thread> worker = new CompletableFuture<>();
        LoopThread loopThread = Loop.start(
                "a loop",
                loop -> Work.submit(
                        loop,
                        () -> {
                            Waits.get(self).close();
                            Waits.get(self).drain();
                            worker.complete(Thread.currentThread());
                            return null;
                        },
                        (done, thrown) -> {}));
        Thread thread = threadOf(loopThread);
        self.complete(loopThread);
        Waits.get(worker);
        Waits.join(thread);
    }

    @Test
    void closeOnAWorkerOfAnotherLoopWaits(Loop other) {
        LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
        Thread thread = threadOf(loopThread);
        List<Boolean> alive = new ArrayList<>();
        Work.submit(
                other,
                () -> {
                    loopThread.close();
                    return thread.isAlive();
                },
                (isAlive, thrown) -> alive.add(isAlive));
        other.run();
        assertEquals(List.of(false), alive);
    }

    @ParameterizedTest
    @ValueSource(strings = {"callback", "work"})
    @Tag("host")
    void inAShutdownHookCloseRefusesToWaitForAnExitThatWaitsForIt(String place) throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(ForkedJvm.command(ExitFromInside.class, "-Dplace=" + place));
        assertEquals("EDEADLK", outcome.output());
        assertEquals(7, outcome.status());
    }

    static final class ExitFromInside {
        public static void main(String[] arguments) {
            LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    loopThread.close();
                } catch (UsageException refused) {
                    System.out.println(refused.code());
                }
            }));
            ForkedJvm.haltAfter(50);
            loopThread.execute(() -> {
                if (System.getProperty("place").equals("callback")) {
                    System.exit(7);
                }
                Work.submit(
                        loopThread.loop(),
                        () -> {
                            System.exit(7);
                            return null;
                        },
                        (done, thrown) -> {});
            });
        }
    }

    @Test
    @Tag("host")
    void inAShutdownHookCloseWaitsForALoopThatCanEnd() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(ExitFromOutside.class);
        assertEquals("closed", outcome.output());
        assertEquals(7, outcome.status());
    }

    static final class ExitFromOutside {
        public static void main(String[] arguments) {
            ForkedJvm.haltAfter(50);
            LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
            Thread thread = threadOf(loopThread);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                loopThread.close();
                System.out.println(thread.isAlive() ? "alive" : "closed");
            }));
            System.exit(7);
        }
    }

    @Test
    void anUncaughtExceptionEndsTheLoopThread() {
        IllegalStateException broken = new IllegalStateException("task");
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        LoopThread loopThread = Loop.start(
                "a loop",
                loop -> Thread.currentThread()
                        .setUncaughtExceptionHandler((thread, thrown) -> uncaught.complete(thrown)));
        loopThread.execute(() -> {
            throw broken;
        });
        assertEquals(broken, Waits.get(uncaught));
        loopThread.close();
    }

    @Test
    void anUncaughtHandlerKeepsTheLoopThreadAlive() {
        CompletableFuture<Throwable> caught = new CompletableFuture<>();
        try (LoopThread loopThread = Loop.start("a loop", loop -> loop.setUncaughtHandler(caught::complete))) {
            loopThread.execute(() -> {
                throw new IllegalStateException("task");
            });
            assertEquals("task", Waits.get(caught).getMessage());
            assertTrue(threadOf(loopThread).isAlive());
        }
    }

    @Test
    void severalThreadsMayCloseALoopThread() throws InterruptedException {
        LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
        CountDownLatch go = new CountDownLatch(1);
        Thread[] closers = new Thread[4];
        for (int i = 0; i < closers.length; i++) {
            closers[i] = Thread.ofPlatform().start(() -> {
                go.countDown();
                loopThread.close();
            });
        }
        Waits.await(go);
        for (Thread closer : closers) {
            Waits.join(closer);
        }
    }

    @Test
    void startWithoutANameOrASetupIsRefused() {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> Loop.start(null, LoopThreadTest::nothing))
                        .code());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> Loop.start("a loop", null))
                        .code());
    }
}
