package io.chagres.net;

import io.chagres.handle.Timer;
import io.chagres.loop.Loop;

/**
 * The idle timer of a socket. Activity only notes the time; the timer looks at it when it fires and waits for the rest, so
 * that a busy socket costs no heap operation per message. It never keeps the loop alive.
 */
final class IdleTimeout {

    private final Timer timer;
    private final Loop loop;
    private final Runnable onIdle;
    private long timeoutMillis;
    private long lastActivity;

    IdleTimeout(Loop loop, Runnable onIdle) {
        this.loop = loop;
        this.onIdle = onIdle;
        timer = new Timer(loop);
        timer.unref();
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

    private void fire() {
        long left = lastActivity + timeoutMillis - loop.now();
        if (left > 0) {
            timer.start(left, this::fire);
        } else {
            onIdle.run();
        }
    }

    void stop() {
        timeoutMillis = 0;
        timer.stop();
    }

    void close() {
        timer.close();
    }
}
