package io.chagres.loop.internal;

/**
 * The ticks, which run right after the current callback and before any other: Node's nextTick. A tick that always queues another starves
 * the loop, as in Node.
 *
 * @see <a href="https://nodejs.org/api/process.html#processnexttickcallback-args">process.nextTick</a>
 */
final class TickQueue {

    private final Failures failures;
    private final Fifo<Runnable> ticks = new Fifo<>();
    private boolean draining;

    TickQueue(Failures failures) {
        this.failures = failures;
    }

    void add(Runnable tick) {
        ticks.add(tick);
    }

    boolean isEmpty() {
        return ticks.isEmpty();
    }

    int size() {
        return ticks.size();
    }

    /** Runs the ticks, and those that they queue, in order. Inside a tick this is a no-op: the outer call runs the ticks. */
    void drain() {
        if (draining || ticks.isEmpty()) {
            return;
        }
        draining = true;
        try {
            for (Runnable tick = ticks.poll(); tick != null; tick = ticks.poll()) {
                run(tick);
            }
        } finally {
            draining = false;
        }
    }

    private void run(Runnable tick) {
        try {
            tick.run();
        } catch (Throwable thrown) {
            failures.raise(thrown);
        }
    }
}
