package io.chagres.net;

import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.UsageException;
import java.time.Duration;

/**
 * The time in which the connections of a closed server may end: see {@link Server#close(Duration)}. Its timer does not keep the
 * loop alive, the connections do; it goes with the last of them.
 */
final class Grace {

    /** How often in that time it looks for connections that have become idle: often enough that few wait long for it. */
    private static final int LOOKS = 20;

    private static final long LONGEST_LOOK_MILLIS = 1000;

    private final ServerConnections connections;
    private final Timer timer;
    private final long lookMillis;
    private long leftMillis;

    Grace(Loop loop, ServerConnections connections, Duration time) {
        this.connections = connections;
        timer = new Timer(loop);
        timer.unref();
        leftMillis = time.compareTo(Duration.ofMillis(Long.MAX_VALUE)) < 0 ? time.toMillis() : Long.MAX_VALUE;
        lookMillis = Math.clamp(leftMillis / LOOKS, 1, LONGEST_LOOK_MILLIS);
    }

    static void require(Duration time) {
        if (UsageException.requireArgument(time, "grace").isNegative()) {
            throw new UsageException("ERR_OUT_OF_RANGE", "The value of \"grace\" is out of range. It must be >= 0. Received " + time);
        }
    }

    /** Begins it; {@link #end}, which this may lead to, ends it. */
    void look() {
        if (leftMillis == 0) {
            connections.open(socket -> true).forEach(Socket::destroy);
            return;
        }
        long next = Math.min(lookMillis, leftMillis);
        leftMillis -= next;
        timer.start(next, this::look);
        connections.open(socket -> socket.isIdle() && socket.isWritable()).forEach(Socket::end);
    }

    void end() {
        timer.close();
    }
}
