package io.chagres.loop;

/** A doubly linked list of {@link Linked} members, closed over a sentinel. */
final class Ring extends Linked {

    Ring() {
        previous = next = this;
    }

    boolean isEmpty() {
        return next == this;
    }

    /** The first member, or null. */
    Linked first() {
        return next == this ? null : next;
    }

    /** The member after {@code member}, or null at the end. */
    Linked after(Linked member) {
        return member.next == this ? null : member.next;
    }

    void addFirst(Linked member) {
        insert(member, this, next);
    }

    void addLast(Linked member) {
        insert(member, previous, this);
    }

    /** Moves all members of {@code other} to the end of this ring: the "move" of move, then walk. */
    void takeAll(Ring other) {
        if (other.isEmpty()) {
            return;
        }
        Linked first = other.next;
        Linked last = other.previous;
        other.previous = other.next = other;
        first.previous = previous;
        previous.next = first;
        last.next = this;
        previous = last;
    }

    private static void insert(Linked member, Linked before, Linked after) {
        assert !member.isLinked() : "already in a list: " + member;
        member.previous = before;
        member.next = after;
        before.next = member;
        after.previous = member;
    }
}
