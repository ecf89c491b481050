package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingTest {

    private static final class Bead extends Linked {
        private final String name;

        Bead(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final Ring ring = new Ring();
    private final Bead a = new Bead("a");
    private final Bead b = new Bead("b");
    private final Bead c = new Bead("c");

    private static List<String> names(Ring ring) {
        List<String> names = new ArrayList<>();
        for (Linked member = ring.first(); member != null; member = ring.after(member)) {
            names.add(member.toString());
        }
        return names;
    }

    @Test
    void aNewRingIsEmpty() {
        assertTrue(ring.isEmpty());
        assertNull(ring.first());
    }

    @Test
    void membersJoinAtEitherEnd() {
        ring.addLast(b);
        ring.addLast(c);
        ring.addFirst(a);
        assertEquals(List.of("a", "b", "c"), names(ring));
    }

    @Test
    void membersLeaveFromAnywhereAndMayComeBack() {
        ring.addLast(a);
        ring.addLast(b);
        ring.addLast(c);
        b.unlink();
        assertEquals(List.of("a", "c"), names(ring));
        a.unlink();
        c.unlink();
        assertTrue(ring.isEmpty());
        ring.addLast(b);
        assertEquals(List.of("b"), names(ring));
    }

    @Test
    void leavingTwiceIsLeavingOnce() {
        ring.addLast(a);
        assertTrue(a.isLinked());
        a.unlink();
        a.unlink();
        assertFalse(a.isLinked());
    }

    @Test
    void aRingTakesOverAllMembersOfAnother() {
        Ring other = new Ring();
        ring.addLast(a);
        other.addLast(b);
        other.addLast(c);
        ring.takeAll(other);
        assertEquals(List.of("a", "b", "c"), names(ring));
        assertTrue(other.isEmpty());
        ring.takeAll(other);
        assertEquals(List.of("a", "b", "c"), names(ring));
        other.takeAll(ring);
        assertEquals(List.of("a", "b", "c"), names(other));
    }
}
