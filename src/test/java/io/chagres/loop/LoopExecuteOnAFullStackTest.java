package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Async;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Senders whose stack is full, so that a call ends with a StackOverflowError somewhere between its first step and its last. */
@ExtendWith(LoopFixture.class)
class LoopExecuteOnAFullStackTest {

    private static final int ROUNDS = 20;
    /** Far enough from the end of the stack for all calls to succeed. */
    private static final int LEVELS = 200;
    /** A short stack, because each round fills it: that of the main thread has 8 MiB. */
    private static final long STACK_BYTES = 256 * 1024;

    private int left;
    private int overflows;

    /** Calls {@code send} at the very end of a stack, and then at each level above it. */
    private void atTheEndOfAStack(Runnable send) throws InterruptedException {
        Thread sender = new Thread(null, () -> fillStack(send), "sender", STACK_BYTES);
        sender.start();
        sender.join(30_000);
        assertFalse(sender.isAlive());
    }

    private void fillStack(Runnable send) {
        left = LEVELS;
        try {
            descend(send);
        } catch (StackOverflowError expected) {
            // The deepest call.
        }
    }

    private void descend(Runnable send) {
        try {
            descend(send);
        } finally {
            if (left > 0) {
                left--;
                send(send);
            }
        }
    }

    private void send(Runnable send) {
        try {
            send.run();
        } catch (StackOverflowError full) {
            overflows++;
        }
    }

    @Test
    void aTaskEitherRunsOrItsExecuteThrowsAndLaterTasksRun() throws InterruptedException {
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger accepted = new AtomicInteger();
        try (LoopThread loopThread = Loop.start("a loop", loop -> {})) {
            for (int i = 0; i < ROUNDS; i++) {
                atTheEndOfAStack(() -> {
                    loopThread.execute(ran::incrementAndGet);
                    accepted.incrementAndGet();
                });
                CountDownLatch later = new CountDownLatch(1);
                loopThread.execute(later::countDown);
                assertTrue(later.await(30, TimeUnit.SECONDS), "a healthy sender wakes the loop");
                assertEquals(accepted.get(), ran.get());
            }
        }
        assertTrue(overflows > ROUNDS);
    }

    @Test
    void anAsyncWorksAfterASendThatThrew() throws InterruptedException {
        Semaphore called = new Semaphore(0);
        Async[] async = new Async[1];
        try (LoopThread loopThread = Loop.start("a loop", loop -> async[0] = new Async(loop, called::release))) {
            for (int i = 0; i < ROUNDS; i++) {
                atTheEndOfAStack(async[0]::send);
                called.drainPermits();
                async[0].send();
                assertTrue(called.tryAcquire(30, TimeUnit.SECONDS), "a healthy send makes the callback run");
            }
        }
        assertTrue(overflows > ROUNDS);
    }
}
