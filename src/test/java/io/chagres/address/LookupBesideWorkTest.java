package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Work;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lookups and Work have threads of their own: one does not wait for the other, however long it takes. */
@ExtendWith(LoopFixture.class)
class LookupBesideWorkTest {

    private final Gate mayEnd = new Gate();
    private final List<String> calls = new ArrayList<>();

    /** Twice as many as there are threads: each thread is busy, and the queue is not empty. */
    private static final int MANY = 8;

    private Object block(Gate begun) throws InterruptedException {
        begun.open();
        mayEnd.await();
        return null;
    }

    private void note(String name, Throwable error) {
        assertNull(error);
        calls.add(name);
    }

    @Test
    void workThatBlocksEveryWorkerDelaysNoLookup(Loop loop) throws InterruptedException {
        Gate begun = new Gate(Work.metrics().maxThreads());
        for (int i = 0; i < MANY; i++) {
            Work.submit(loop, () -> block(begun), (done, error) -> note("work", error));
        }
        for (int i = 0; i < MANY; i++) {
            Work.submitSlow(loop, () -> block(begun), (done, error) -> note("work", error));
        }
        begun.await();
        Lookup.name(loop, new SocketAddress("127.0.0.1", 9), (found, error) -> letWorkEnd("name", error));
        Lookup.address(loop, "localhost", LookupOptions.defaults(), (found, error) -> letWorkEnd("address", error));
        loop.run();
        Collections.sort(calls.subList(0, 2));
        assertEquals(List.of("address", "name"), calls.subList(0, 2));
        assertEquals(Collections.nCopies(2 * MANY, "work"), calls.subList(2, calls.size()));
    }

    private void letWorkEnd(String lookup, Throwable error) {
        note(lookup, error);
        if (calls.size() == 2) {
            mayEnd.open();
        }
    }

    @Test
    void lookupsThatBlockEveryThreadDelayNoWork(Loop loop) throws InterruptedException {
        Gate begun = new Gate(Lookup.metrics().maxThreads());
        for (int i = 0; i < MANY; i++) {
            Work.submitLookup(loop, () -> block(begun), (done, error) -> note("lookup", error));
        }
        begun.await();
        assertEquals(MANY - Lookup.metrics().maxThreads(), Lookup.metrics().waitingJobs());
        assertEquals(0, Work.metrics().waitingJobs());
        int[] left = {100};
        for (int i = 0; i < 100; i++) {
            Work.submit(loop, () -> null, (done, error) -> {
                note("work", error);
                if (--left[0] == 0) {
                    mayEnd.open();
                }
            });
        }
        loop.run();
        assertEquals(Collections.nCopies(100, "work"), calls.subList(0, 100));
        assertEquals(Collections.nCopies(MANY, "lookup"), calls.subList(100, calls.size()));
    }
}
