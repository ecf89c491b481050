package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Waits;
import io.chagres.handle.Async;
import io.chagres.handle.Check;
import io.chagres.handle.Handle;
import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.handle.Work;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopDumpTest {

    /** Returns the lines of {@code dump} that begin with the one that contains {@code start}, up to the next handle. */
    private static String entry(String dump, String start) {
        int at = dump.indexOf(start);
        assertTrue(at >= 0, () -> start + " is not in " + dump);
        int next = dump.indexOf("\n  ", at);
        while (next >= 0 && dump.startsWith("\n        ", next)) {
            next = dump.indexOf("\n  ", next + 1);
        }
        return dump.substring(dump.lastIndexOf('\n', at) + 1, next < 0 ? dump.length() : next);
    }

    @Test
    void aStarMarksWhatKeepsTheLoopAlive(Loop loop, ManualClock clock) {
        Timer kept = new Timer(loop);
        kept.start(5000, () -> {});
        Timer unreferenced = new Timer(loop);
        unreferenced.start(7000, () -> {});
        unreferenced.unref();
        Check inactive = new Check(loop);
        String dump = loop.dump();
        assertEquals(
                "  * Timer (active, due in 5000 ms)\n        calls a lambda of io.chagres.loop.LoopDumpTest",
                entry(dump, "due in 5000 ms"));
        assertTrue(entry(dump, "due in 7000 ms").startsWith("    Timer (active, unreferenced"), dump);
        assertEquals("    Check (inactive)", entry(dump, "Check"));
        assertTrue(dump.contains("2 timers, the next is due in 5.0 s"), dump);
        assertTrue(dump.endsWith("  what is marked * keeps the loop alive\n"), dump);
        kept.stop();
        assertTrue(loop.dump().endsWith("  nothing of this keeps the loop alive\n"), loop::dump);
        kept.close();
        unreferenced.close();
        inactive.close();
        loop.run();
        assertTrue(loop.dump().endsWith("  nothing lives on the loop\n"), loop::dump);
    }

    @Test
    void whatWaitsInsideACallbackIsCounted(Loop loop, ManualClock clock) {
        String[] dump = new String[1];
        Timer.after(loop, 0, () -> {
            loop.execute(() -> {});
            loop.execute(() -> {});
            loop.nextTick(() -> {});
            clock.advanceMillis(50);
            dump[0] = loop.dump();
        });
        loop.run();
        assertTrue(dump[0].contains("2 tasks of other threads, 1 tick, 0 completions; no timer"), dump[0]);
        assertTrue(dump[0].contains("iteration 0, timers phase, busy for 50 ms"), dump[0]);
        assertTrue(dump[0].contains("50 ms active"), dump[0]);
    }

    @Test
    void eachKindOfHandleIsDescribed(Loop loop) {
        Async async = new Async(loop, new NamedCallback());
        Signal signal = Signal.on(loop, "HUP", () -> {});
        Gate gate = new Gate();
        Work<Object> work = Work.submit(
                loop,
                () -> {
                    gate.await();
                    return null;
                },
                (result, failure) -> {});
        String dump = loop.dump();
        assertEquals("  * Async (active)\n        calls the named callback", entry(dump, "Async"));
        assertTrue(entry(dump, "Signal").contains("calls a lambda of io.chagres.loop.LoopDumpTest"), dump);
        assertTrue(entry(dump, "Work").startsWith("  * Work ("), dump);
        assertTrue(entry(dump, "Work").contains("runs a lambda of io.chagres.loop.LoopDumpTest"), dump);
        gate.open();
        async.close();
        signal.close();
        loop.run();
        assertNotNull(work);
    }

    private static final class NamedCallback implements Runnable {
        @Override
        public void run() {}

        @Override
        public String toString() {
            return "the named callback";
        }
    }

    @Test
    void aCallbackWhoseTextThrowsHasItsClass(Loop loop) {
        Async async = new Async(loop, new Runnable() {
            @Override
            public void run() {}

            @Override
            public String toString() {
                throw new IllegalStateException("no text");
            }
        });
        assertTrue(loop.dump().contains("calls io.chagres.loop.LoopDumpTest$1"), loop::dump);
        async.close();
        loop.run();
    }

    @Test
    void anotherThreadGetsTheTextFromTheLoop() throws InterruptedException {
        try (LoopThread thread = Loop.start("dumped", loop -> Timer.after(loop, 60_000, () -> {}))) {
            Waits.until("it runs", () -> thread.loop().toString().contains("(running"));
            String dump = thread.loop().dump();
            assertTrue(dump.startsWith("Loop (running on \"dumped\", 2 active)\n  thread #"), dump);
            assertTrue(dump.contains("  * LoopThread (open)\n"), dump);
            assertTrue(dump.contains("poll phase"), dump);
            assertFalse(dump.contains("approximate"), dump);
            assertTrue(Loop.dumpAll().contains(dump.substring(0, dump.indexOf('\n'))), Loop::dumpAll);
        }
    }

    @Test
    void theTextOfAStuckLoopHasItsStack() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        Gate gate = new Gate();
        try (LoopThread thread = Loop.start("stuck", loop -> {})) {
            thread.execute(() -> standStill(stuck, gate));
            Waits.await(stuck);
            String dump = thread.loop().dump();
            assertTrue(dump.contains("it did not answer within 1000 ms"), dump);
            assertTrue(dump.contains("      at io.chagres"), dump);
            assertTrue(dump.contains("LoopDumpTest.standStill("), dump);
            assertTrue(dump.contains("  * LoopThread (open)\n"), dump);
            assertTrue(dump.contains("1 task of other threads"), dump);
            gate.open();
        }
    }

    private static void standStill(CountDownLatch stuck, Gate gate) {
        stuck.countDown();
        try {
            gate.await();
        } catch (InterruptedException early) {
            throw new AssertionError(early);
        }
    }

    @Test
    void aClosedLoopSaysSo() {
        Loop loop = new Loop();
        loop.close();
        assertTrue(loop.dump().endsWith("  the loop is closing or closed\n"), loop::dump);
    }

    @Test
    void manyHandlesAreCountedByKind(Loop loop) {
        for (int i = 0; i < 600; i++) {
            new Check(loop);
        }
        String dump = loop.dump();
        assertEquals(500, dump.lines().filter(line -> line.contains("Check (")).count());
        assertTrue(dump.contains("    ... and 100 more; of all kinds: {Check=600}\n"), dump);
        Handle.walk(loop, Handle::close);
        loop.run();
    }
}
