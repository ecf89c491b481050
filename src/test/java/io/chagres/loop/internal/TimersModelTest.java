package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The heap is compared with a sorted set, which is obviously right: the same random calls to both, from outside and from inside
 * callbacks, and the same timers must fire in the same order.
 */
@ExtendWith(LoopFixture.class)
class TimersModelTest {

    private static final int OPERATIONS = 200_000;
    private static final int ENTRIES = 300;
    private static final long MAX_MICROS = 40;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Entry[] entries = new Entry[ENTRIES];
    private final TreeSet<Entry> model = new TreeSet<>(
            Comparator.comparingLong((Entry entry) -> entry.expectedDeadline).thenComparingLong(entry -> entry.order));
    private final ArrayDeque<Entry> due = new ArrayDeque<>();
    private LoopCore core;
    private long orders;
    private int operations;
    private int fired;

    private final class Entry extends TimerEntry {
        long expectedDeadline;
        long order = -1;
        boolean expectedDue;

        @Override
        protected void fire() {
            fired++;
            Entry expected = nextDue();
            assertTrue(this == expected, "another timer should have fired");
            assertFalse(isStarted());
            for (int i = random.nextInt(4); i > 0; i--) {
                operate();
            }
        }
    }

    private Entry nextDue() {
        Entry next = due.poll();
        while (next != null && !next.expectedDue) {
            next = due.poll();
        }
        if (next != null) {
            next.expectedDue = false;
        }
        return next;
    }

    @Test
    void heapAndSortedSetAgree(Loop loop, ManualClock clock) {
        core = LoopCore.of(loop);
        for (int i = 0; i < ENTRIES; i++) {
            entries[i] = new Entry();
        }
        try {
            while (operations < OPERATIONS) {
                operate();
                if (random.nextInt(8) == 0) {
                    clock.advanceNanos(random.nextInt(12_000));
                    runDueTimers();
                }
            }
        } catch (AssertionError wrong) {
            throw new AssertionError("with -Dseed=" + seed, wrong);
        }
        assertTrue(fired > OPERATIONS / 10, "it fired only " + fired);
    }

    private void operate() {
        operations++;
        Entry entry = entries[random.nextInt(ENTRIES)];
        forget(entry);
        if (random.nextInt(3) == 0) {
            core.timers().stop(entry);
            assertFalse(entry.isStarted());
        } else {
            long micros = random.nextLong(MAX_MICROS);
            entry.expectedDeadline = Math.ceilDiv(core.time().nowNanos(), 1000L) + micros;
            entry.order = orders++;
            model.add(entry);
            core.timers().start(entry, micros);
            assertTrue(entry.isStarted());
            assertEquals(micros, core.timers().microsUntil(entry));
        }
        check();
    }

    private void forget(Entry entry) {
        model.remove(entry);
        entry.expectedDue = false;
    }

    private void runDueTimers() {
        core.time().update();
        long now = core.time().nowNanos() / 1000;
        while (!model.isEmpty() && model.first().expectedDeadline <= now) {
            Entry entry = model.pollFirst();
            entry.expectedDue = true;
            due.add(entry);
        }
        core.timers().run();
        core.failures().rethrow();
        assertTrue(nextDue() == null, "a timer did not fire");
        check();
    }

    private void check() {
        long expected = model.isEmpty()
                ? Timers.NEVER
                : Math.max(
                        0, model.first().expectedDeadline * 1000 - core.time().nowNanos());
        assertEquals(expected, core.timers().nanosUntilNext());
        if (operations % 500 == 0) {
            checkHeap();
        }
    }

    /** The started entries fill the places 0 to n - 1, and none is before its parent. */
    private void checkHeap() {
        Entry[] heap = new Entry[model.size()];
        for (Entry entry : model) {
            assertTrue(heap[entry.index] == null, "two in one place");
            heap[entry.index] = entry;
        }
        for (int i = 1; i < heap.length; i++) {
            assertFalse(heap[i].isBefore(heap[(i - 1) / 2]), "before its parent");
        }
    }
}
