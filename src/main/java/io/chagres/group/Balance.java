package io.chagres.group;

import io.chagres.net.Server;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Chooses the loop of a connection: the one that has the fewest. Any thread may ask.
 *
 * <p>A connection counts from the moment of the choice, not from its arrival at the loop. Otherwise the counts of distant loops would be
 * older than that of the own loop, and a burst would go to one of them (seastar#3514).
 */
final class Balance {

    private final GroupServer server;
    private final int loops;
    /** The connections that were sent and have not arrived, by loop. */
    private final AtomicIntegerArray underway;
    /** The loop that got the last connection: of loops with the same number, the next one gets the next. */
    private int last = -1;

    Balance(GroupServer server, int loops) {
        this.server = server;
        this.loops = loops;
        underway = new AtomicIntegerArray(loops);
    }

    /** Returns an array for {@link #choose}: no loop was tried. */
    boolean[] untried() {
        return new boolean[loops];
    }

    /** Chooses the loop with the fewest connections that is not in {@code tried}, and counts the connection there; -1 for none. */
    synchronized int choose(boolean[] tried) {
        int best = -1;
        int fewest = Integer.MAX_VALUE;
        for (int i = 1; i <= loops; i++) {
            int loop = Math.floorMod(last + i, loops);
            int count = tried[loop] || !server.group().members().get(loop).isAlive() ? Integer.MAX_VALUE : load(loop);
            if (count < fewest) {
                fewest = count;
                best = loop;
            }
        }
        if (best >= 0) {
            last = best;
            tried[best] = true;
            underway.incrementAndGet(best);
        }
        return best;
    }

    /** A connection that has just arrived may count twice for a moment, but never not at all. */
    private int load(int loop) {
        Server there = server.serverOf(loop);
        return underway.get(loop) + (there == null ? 0 : there.connectionCount());
    }

    /** Notes that a connection has arrived at {@code loop}, or was refused there. */
    void arrived(int loop) {
        underway.decrementAndGet(loop);
    }
}
