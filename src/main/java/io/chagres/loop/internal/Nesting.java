package io.chagres.loop.internal;

/**
 * How deep the calls from stream to stream, and into listeners that call the stream again, are inside one another now. A call for
 * which there is no room waits for a tick: else the data of a peer, or the number of streams behind one another, would decide how
 * deep the stack becomes.
 */
public final class Nesting {

    /** Far below what a stack of 512 KiB takes, at several frames each. */
    private static final int MAX = 100;

    private int depth;

    Nesting() {}

    /** Whether one more call may be made inside those that are being made. */
    public boolean hasRoom() {
        return depth < MAX;
    }

    /** Begins a call. */
    public void enter() {
        depth++;
    }

    /** Ends a call. */
    public void leave() {
        depth--;
    }

    @Override
    public String toString() {
        return "Nesting (" + depth + " of " + MAX + " calls)";
    }
}
