package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.SignalBackdrop;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({SignalBackdrop.class, LoopFixture.class})
class SignalManyLoopsTest {

    private static final int LISTENERS = 24;
    private static final int CHURNERS = 10;

    private final AtomicInteger firstCalls = new AtomicInteger();
    private final AtomicInteger secondCalls = new AtomicInteger();
    private final AtomicInteger churned = new AtomicInteger();
    private final AtomicInteger unexpected = new AtomicInteger();
    private final Semaphore ready = new Semaphore(0);
    private volatile boolean enough;

    @Test
    @Covers("libuv:signal_multiple_loops")
    void eachHandleGetsEachSignalOnceWhileLoopsAreMadeAndClosed() throws InterruptedException {
        List<Thread> listeners = new ArrayList<>();
        List<Thread> churners = new ArrayList<>();
        for (int i = 0; i < CHURNERS; i++) {
            churners.add(Thread.ofPlatform().start(this::churn));
        }
        for (int i = 0; i < LISTENERS; i++) {
            int kind = i % 3;
            listeners.add(Thread.ofPlatform().start(() -> listenTwice(kind != 1, kind != 0)));
        }
        for (int round = 0; round < 2; round++) {
            Waits.acquire(ready, LISTENERS);
            raise("USR1");
            raise("ALRM");
        }
        join(listeners);
        enough = true;
        join(churners);
        assertEquals(8 * LISTENERS / 3, firstCalls.get());
        assertEquals(4 * LISTENERS / 3, secondCalls.get());
        assertTrue(churned.get() >= CHURNERS);
        assertEquals(0, unexpected.get());
    }

    private void listenTwice(boolean toFirst, boolean toSecond) {
        try (Loop loop = new Loop()) {
            Signal a = new Signal(loop);
            Signal b = new Signal(loop);
            Signal c = new Signal(loop);
            for (int round = 0; round < 2; round++) {
                if (toFirst) {
                    startUntilCalled(a, "USR1", firstCalls);
                    startUntilCalled(b, "USR1", firstCalls);
                }
                if (toSecond) {
                    startUntilCalled(c, "ALRM", secondCalls);
                }
                ready.release();
                loop.run();
            }
        }
    }

    private static void startUntilCalled(Signal signal, String name, AtomicInteger calls) {
        signal.start(name, () -> {
            calls.incrementAndGet();
            signal.stop();
        });
    }

    private void churn() {
        do {
            try (Loop loop = new Loop()) {
                Signal.on(loop, "TERM", unexpected::incrementAndGet).close();
                loop.run();
            }
            churned.incrementAndGet();
        } while (!enough);
    }

    private static void raise(String name) {
        sun.misc.Signal.raise(new sun.misc.Signal(name));
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            Waits.join(thread);
        }
    }
}
