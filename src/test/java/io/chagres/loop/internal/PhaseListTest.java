package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class PhaseListTest {

    private final Journal journal = new Journal();
    private PhaseList list;
    private final Entry a = new Entry("a");
    private final Entry b = new Entry("b");
    private final Entry c = new Entry("c");

    private final class Entry extends PhaseEntry {
        private final String name;
        private Runnable action = () -> {};

        Entry(String name) {
            this.name = name;
        }

        @Override
        protected void run() {
            journal.add(name);
            action.run();
        }
    }

    @BeforeEach
    void addThree(Loop loop) {
        list = new PhaseList(LoopCore.of(loop).callbacks());
        assertTrue(list.isEmpty());
        list.add(c);
        list.add(b);
        list.add(a);
        assertFalse(list.isEmpty());
    }

    private void expectRun(String... names) {
        list.run();
        journal.expect(names);
    }

    @Test
    void entriesRunInTheReverseOrderOfAdding() {
        expectRun("a", "b", "c");
        expectRun("a", "b", "c");
    }

    @Test
    void entriesCanBeRemovedAnywhereAndAddedAgain() {
        list.remove(b);
        expectRun("a", "c");
        list.remove(c);
        expectRun("a");
        list.remove(a);
        assertTrue(list.isEmpty());
        list.add(b);
        expectRun("b");
    }

    @Test
    void removingAnEntryTwiceIsTheSameAsOnce() {
        list.remove(a);
        list.remove(a);
        expectRun("b", "c");
        list.remove(c);
        list.remove(c);
        expectRun("b");
    }

    @Test
    void anEntryThatIsRemovedBeforeItsTurnDoesNotRun() {
        a.action = () -> list.remove(b);
        expectRun("a", "c");
        expectRun("a", "c");
    }

    @Test
    void allEntriesMayBeRemovedDuringARun() {
        a.action = () -> {
            list.remove(b);
            list.remove(c);
            list.remove(a);
        };
        expectRun("a");
        assertTrue(list.isEmpty());
    }

    @Test
    void anEntryThatIsAddedDuringARunWaitsForTheNextOne() {
        list.remove(a);
        b.action = () -> {
            b.action = () -> {};
            list.add(a);
        };
        expectRun("b", "c");
        expectRun("a", "b", "c");
    }

    @Test
    void anEntryThatLeavesAndComesBackBeforeItsTurnWaitsForTheNextRun() {
        a.action = () -> {
            a.action = () -> {};
            list.remove(b);
            list.add(b);
        };
        expectRun("a", "c");
        expectRun("b", "a", "c");
    }

    @Test
    void anEntryMayRestartItself() {
        b.action = () -> {
            list.remove(b);
            list.add(b);
        };
        expectRun("a", "b", "c");
        expectRun("b", "a", "c");
    }
}
