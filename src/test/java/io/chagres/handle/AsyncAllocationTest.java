package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class AsyncAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int SENDS = 20_000;
    private static final int ROUNDS = 100;

    /** What the JVM may allocate on a thread for reasons of its own; an object per send would be 20 times as much. */
    private static final long TOLERATED = 16_000;

    private Async async;
    private int delivered;
    private long before;
    private long allocated;
    private volatile int answered;

    @Test
    void aSendAndItsDeliveryAllocateNothingOnceTheyAreCompiled(Loop loop) {
        async = new Async(loop, () -> {
            if (++delivered < SENDS) {
                async.send();
            }
        });
        for (int round = 0; round == 0 || round < ROUNDS && allocated > TOLERATED; round++) {
            before = THREADS.getCurrentThreadAllocatedBytes();
            delivered = 0;
            async.send();
            while (delivered < SENDS) {
                loop.run(RunMode.NOWAIT);
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        async.close();
        loop.run();
        assertTrue(allocated <= TOLERATED, allocated + " bytes");
    }

    @Test
    void aSendThatWakesTheLoopAllocatesNothingOnceItIsCompiled(Loop loop) throws InterruptedException {
        async = new Async(loop, () -> answered++);
        Thread sender = Thread.ofPlatform().start(() -> {
            for (int round = 0; round == 0 || round < ROUNDS && allocated > TOLERATED; round++) {
                before = THREADS.getCurrentThreadAllocatedBytes();
                sendAndAwait(SENDS);
                allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            }
            loop.execute(async::close);
        });
        loop.run();
        sender.join();
        assertTrue(allocated <= TOLERATED, allocated + " bytes");
    }

    private void sendAndAwait(int times) {
        for (int i = 0; i < times; i++) {
            int expected = answered + 1;
            async.send();
            while (answered < expected) {
                Thread.yield();
            }
        }
    }
}
