package io.chagres.net;

import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.UsageException;
import java.util.function.LongSupplier;

/**
 * The idle timer of a socket. Activity only notes the time; the timer looks at it when it fires and waits for the rest, so
 * that a busy socket costs no heap operation per message. It never keeps the loop alive, and does not expire while the
 * kernel is still taking bytes of a slow write.
 */
final class IdleTimeout {

    private final Timer timer;
    private final Loop loop;
    private final LongSupplier queueSize;
    private final Runnable onIdle;
    private long timeoutMillis;
    private long lastActivity;
    private long lastQueueSize;

    /** @param queueSize how many bytes wait to be written */
    IdleTimeout(Loop loop, LongSupplier queueSize, Runnable onIdle) {
        this.loop = loop;
        this.queueSize = queueSize;
        this.onIdle = onIdle;
        timer = new Timer(loop);
        timer.unref();
    }

    static long requireMillis(long millis) {
        if (millis < 0) {
            throw new UsageException("ERR_OUT_OF_RANGE",
                "The value of \"msecs\" is out of range. It must be a non-negative finite number. Received " + millis);
        }
        return millis;
    }

    void start(long millis) {
        timeoutMillis = millis;
        touch();
        timer.start(millis, this::fire);
    }

    /** There was activity. An expired timeout begins anew. */
    void touch() {
        lastActivity = loop.now();
        if (!timer.isActive() && timeoutMillis > 0) {
            timer.start(timeoutMillis, this::fire);
        }
    }

    /** A write has left {@code queued} bytes waiting. */
    void wrote(long queued) {
        lastQueueSize = queued;
        touch();
    }

    private void fire() {
        long left = lastActivity + timeoutMillis - loop.now();
        if (left > 0) {
            timer.start(left, this::fire);
        } else if (lastQueueSize > 0 && lastQueueSize != queueSize.getAsLong()) {
            wrote(queueSize.getAsLong());
        } else {
            onIdle.run();
        }
    }

    void stop() {
        timeoutMillis = 0;
        timer.stop();
    }

    /** 0 where it was stopped. */
    long millis() {
        return timeoutMillis;
    }

    void close() {
        timer.close();
    }
}
