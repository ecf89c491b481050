package io.chagres.loop;

/**
 * What runs once per iteration in one phase: the list of idle, prepare or check entries.
 *
 * <p>Entries join at the head, so a first run is in reverse order of starting; from then on the order stays. An entry
 * that is added while its own phase runs waits for the next iteration; one that is removed before its turn does not run.
 */
public final class PhaseList {

    private final LoopCore core;
    private final Ring entries = new Ring();
    private final Ring turn = new Ring();

    PhaseList(LoopCore core) {
        this.core = core;
    }

    /** Adds {@code entry} at the head. */
    public void add(PhaseEntry entry) {
        entries.addFirst(entry);
    }

    /** Removes {@code entry}, also from a turn that has not come to it yet. */
    public void remove(PhaseEntry entry) {
        entry.unlink();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public String toString() {
        return "PhaseList (" + (isEmpty() ? "empty)" : "in use)");
    }

    void run() {
        turn.takeAll(entries);
        for (Linked member = turn.first(); member != null; member = turn.first()) {
            member.unlink();
            entries.addLast(member);
            core.invoke((PhaseEntry) member);
        }
    }
}
