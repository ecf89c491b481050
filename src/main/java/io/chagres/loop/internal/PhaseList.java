package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/**
 * The entries of one phase that run once in each iteration: those of idle, prepare or check handles.
 *
 * <p>Entries join at the head, so they run in the reverse order of starting. An entry that is added while its own phase runs waits
 * for the next iteration. One that is removed before its turn does not run.
 */
public final class PhaseList {

    private final Callbacks callbacks;
    private @Nullable PhaseEntry first;
    /** The next entry that {@link #run} calls; null outside of {@code run}. */
    private @Nullable PhaseEntry cursor;

    PhaseList(Callbacks callbacks) {
        this.callbacks = callbacks;
    }

    /** Adds {@code entry} at the head. */
    public void add(PhaseEntry entry) {
        assert entry.next == null && entry.previous == null && first != entry : "already in a list: " + entry;
        entry.next = first;
        if (first != null) {
            first.previous = entry;
        }
        first = entry;
    }

    /** Removes {@code entry}, also before its turn in a phase that runs. Calling it again is a no-op. */
    public void remove(PhaseEntry entry) {
        if (entry.previous == null && first != entry) {
            return;
        }
        if (cursor == entry) {
            cursor = entry.next;
        }
        if (entry.next != null) {
            entry.next.previous = entry.previous;
        }
        if (entry.previous == null) {
            first = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        entry.previous = entry.next = null;
    }

    /** Returns whether nothing runs in this phase. */
    public boolean isEmpty() {
        return first == null;
    }

    /** Runs the phase. */
    public void run() {
        for (PhaseEntry entry = first; entry != null; entry = cursor) {
            cursor = entry.next;
            callbacks.invoke(entry);
        }
    }

    @Override
    public String toString() {
        return "PhaseList (" + (isEmpty() ? "empty)" : "in use)");
    }
}
