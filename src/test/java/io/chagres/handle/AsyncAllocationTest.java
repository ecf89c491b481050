package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Allocations;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
@Tag("no-qemu")
class AsyncAllocationTest {

    private static final int SENDS = 5_000;

    /** The bytes that the JVM itself may allocate on a thread. One object per send would be 10 times as much. */
    private static final long TOLERATED = 8_000;

    private Async async;
    private int delivered;
    private long allocated;
    private volatile int answered;

    @Test
    void aSendAndItsDeliveryAllocateNothingOnceTheyAreCompiled(Loop loop) {
        async = new Async(loop, () -> delivered++);
        allocated = Allocations.steadyState(TOLERATED, () -> {
            for (int i = 0; i < SENDS; i++) {
                async.send();
                loop.run(RunMode.NOWAIT);
            }
        });
        async.close();
        loop.run();
        assertTrue(delivered >= SENDS);
        assertTrue(allocated <= TOLERATED, allocated + " bytes");
    }

    @Test
    void aSendThatWakesTheLoopAllocatesNothingOnceItIsCompiled(Loop loop) throws InterruptedException {
        async = new Async(loop, () -> answered++);
        Thread sender = Thread.ofPlatform().start(() -> {
            allocated = Allocations.steadyState(TOLERATED, () -> sendAndAwait(SENDS));
            loop.execute(async::close);
        });
        loop.run();
        Waits.join(sender);
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
