package io.chagres.loop.internal;

/**
 * The depth of nested calls from stream to stream, and into listeners that call the stream again. A call for which there is no room waits
 * for a tick. Otherwise the data of a peer, or the number of piped streams, would decide how deep the stack becomes.
 */
public final class Nesting {

    /** Far less than a stack of 512 KiB has room for, with several frames for each call. */
    private static final int MAX = 100;

    private int depth;

    Nesting() {}

    /** Returns whether one more nested call may be made. */
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
