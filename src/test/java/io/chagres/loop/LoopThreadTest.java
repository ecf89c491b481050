package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.handle.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopThreadTest {

    private static Thread threadOf(LoopThread loopThread) {
        return Waits.get(CompletableFuture.supplyAsync(Thread::currentThread, loopThread));
    }

    private static void nothing(Loop loop) { }

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
    void itStaysWithNothingToDoUntilItIsClosed() throws InterruptedException {
        LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
        Thread thread = threadOf(loopThread);
        assertTrue(thread.isAlive());
        loopThread.close();
        assertFalse(thread.isAlive());
        assertThrows(RejectedExecutionException.class, () -> loopThread.execute(() -> { }));
    }

    @Test
    void closeEndsWhatIsOpen() {
        CompletableFuture<Boolean> fired = new CompletableFuture<>();
        LoopThread loopThread = Loop.start("a loop",
            loop -> Timer.after(loop, 3_600_000, () -> fired.complete(true)));
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
    void closeAfterDrainCutsItShort() throws InterruptedException {
        LoopThread loopThread = Loop.start("a loop", loop -> Timer.every(loop, 3_600_000, () -> { }));
        Thread draining = Thread.ofPlatform().start(loopThread::drain);
        loopThread.close();
        Waits.join(draining);
    }

    @Test
    void fromItsOwnThreadCloseDoesNotWait() throws InterruptedException {
        LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
        Thread thread = threadOf(loopThread);
        Waits.get(CompletableFuture.runAsync(loopThread::close, loopThread));
        Waits.join(thread);
        loopThread.close();
    }

    @Test
    void aCallerThatIsInterruptedStillGetsWhatClosePromises() {
        LoopThread loopThread = Loop.start("a loop", LoopThreadTest::nothing);
        Thread thread = threadOf(loopThread);
        Thread.currentThread().interrupt();
        loopThread.close();
        assertTrue(Thread.interrupted());
        assertFalse(thread.isAlive());
    }

    @Test
    void aSetupThatThrowsEndsTheThread() throws InterruptedException {
        IllegalStateException broken = new IllegalStateException("setup");
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        LoopThread loopThread = Loop.start("a loop", loop -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> uncaught.complete(thrown));
            new Timer(loop);
            throw broken;
        });
        assertEquals(broken, Waits.get(uncaught));
        loopThread.close();
        assertThrows(RejectedExecutionException.class, () -> loopThread.execute(() -> { }));
    }

    @Test
    void anExceptionThatNobodyCatchesEndsTheThread() {
        IllegalStateException broken = new IllegalStateException("task");
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        LoopThread loopThread = Loop.start("a loop", loop ->
            Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> uncaught.complete(thrown)));
        loopThread.execute(() -> {
            throw broken;
        });
        assertEquals(broken, Waits.get(uncaught));
        loopThread.close();
    }

    @Test
    void aHandlerKeepsTheThreadAlive() {
        CompletableFuture<Throwable> caught = new CompletableFuture<>();
        try (LoopThread loopThread = Loop.start("a loop", loop -> loop.onUncaught(caught::complete))) {
            loopThread.execute(() -> {
                throw new IllegalStateException("task");
            });
            assertEquals("task", Waits.get(caught).getMessage());
            assertTrue(threadOf(loopThread).isAlive());
        }
    }

    @Test
    void severalThreadsMayCloseIt() throws InterruptedException {
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
    void nameAndSetupAreRequired() {
        assertEquals("EINVAL",
            assertThrows(UsageException.class, () -> Loop.start(null, LoopThreadTest::nothing)).code());
        assertEquals("EINVAL", assertThrows(UsageException.class, () -> Loop.start("a loop", null)).code());
    }
}
