package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class WorkManyLoopsTest {

    private static final int LOOPS = 8;
    private static final int JOBS = 200;

    private final AtomicInteger callbacks = new AtomicInteger();
    private final AtomicInteger onForeignThreads = new AtomicInteger();
    private final Set<String> workers = ConcurrentHashMap.newKeySet();

    @Test
    @Covers("libuv:threadpool_multiple_event_loops")
    void workCallbacksRunOnTheThreadOfTheLoopThatSubmitted() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            threads.add(Thread.ofPlatform().start(this::runALoop));
        }
        for (Thread thread : threads) {
            Waits.join(thread);
        }
        assertEquals(LOOPS * JOBS, callbacks.get());
        assertEquals(0, onForeignThreads.get());
        assertEquals(
                List.of(),
                workers.stream()
                        .filter(name -> !name.startsWith("chagres-worker-"))
                        .toList());
    }

    private void runALoop() {
        try (Loop loop = new Loop()) {
            Thread own = Thread.currentThread();
            for (int i = 0; i < JOBS; i++) {
                Work.submit(loop, () -> workers.add(Thread.currentThread().getName()), (added, failure) -> {
                    callbacks.incrementAndGet();
                    onForeignThreads.addAndGet(Thread.currentThread() == own ? 0 : 1);
                });
            }
            loop.run();
        }
    }
}
