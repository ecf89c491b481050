package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class ResidentsTest {

    private final Journal journal = new Journal();
    private Residents residents;
    private Inhabitant a;
    private Inhabitant b;
    private Inhabitant c;

    private final class Inhabitant extends Resident {
        private final String name;
        private Runnable action = () -> {};

        Inhabitant(Loop loop, String name) {
            super(LoopCore.of(loop));
            this.name = name;
        }

        @Override
        public void close() {
            journal.add(name);
            action.run();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeEach
    void addThree(Loop loop) {
        residents = new Residents(LoopCore.of(loop).failures());
        a = new Inhabitant(loop, "a");
        b = new Inhabitant(loop, "b");
        c = new Inhabitant(loop, "c");
        assertTrue(residents.isEmpty());
        residents.add(a);
        residents.add(b);
        residents.add(c);
        assertFalse(residents.isEmpty());
    }

    private void expectVisited(String... names) {
        residents.visit(resident -> journal.add(resident.toString()));
        journal.expect(names);
    }

    private void expectClosed(String... names) {
        residents.closeAll();
        journal.expect(names);
    }

    @Test
    void residentsAreVisitedOldestFirst() {
        expectVisited("a", "b", "c");
    }

    @Test
    void residentsCanBeRemovedAnywhereAndAddedAgain() {
        residents.remove(b);
        expectVisited("a", "c");
        residents.remove(a);
        residents.remove(c);
        assertTrue(residents.isEmpty());
        residents.add(b);
        expectVisited("b");
    }

    @Test
    void removingAResidentTwiceIsTheSameAsOnce() {
        residents.remove(a);
        residents.remove(a);
        residents.remove(c);
        residents.remove(c);
        expectVisited("b");
    }

    @Test
    void aResidentThatDoesNotLeaveWhenItIsClosedIsClosedOncePerCall() {
        expectClosed("a", "b", "c");
        expectClosed("a", "b", "c");
        expectVisited("a", "b", "c");
    }

    @Test
    void residentsMayLeaveWhileAllAreClosed() {
        a.action = () -> {
            residents.remove(a);
            residents.remove(b);
        };
        expectClosed("a", "c");
        c.action = () -> residents.remove(c);
        expectClosed("c");
        assertTrue(residents.isEmpty());
    }

    @Test
    void aCloseThatThrowsDoesNotPreventTheOthers(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add(thrown.getMessage()));
        b.action = () -> {
            throw new IllegalStateException("broken");
        };
        expectClosed("a", "b", "broken", "c");
    }

    @Test
    void newResidentsAreRefusedOnceTheLoopIsClosing(Loop loop) {
        residents.refuse();
        UsageException refused = assertThrows(UsageException.class, () -> residents.add(new Inhabitant(loop, "late")));
        assertTrue(refused.getMessage().contains("the loop is closed"), refused.getMessage());
        expectVisited("a", "b", "c");
    }
}
