package io.chagres.loop;

/**
 * What shall run right after the current callback and before anything else: Node's nextTick. A tick that queues ticks
 * forever starves the loop, there as here.
 *
 * @see <a href="https://nodejs.org/api/process.html#processnexttickcallback-args">process.nextTick</a>
 */
final class TickQueue {

    private final LoopCore core;
    private final Fifo<Runnable> ticks = new Fifo<>();
    private boolean draining;

    TickQueue(LoopCore core) {
        this.core = core;
    }

    void add(Runnable tick) {
        ticks.add(tick);
    }

    boolean isEmpty() {
        return ticks.isEmpty();
    }

    /** Runs the ticks, and those that they queue, in order. Has no effect inside a tick: the outer drain goes on. */
    void drain() {
        if (draining || ticks.isEmpty()) {
            return;
        }
        draining = true;
        try {
            for (Runnable tick = ticks.poll(); tick != null; tick = ticks.poll()) {
                core.guard(tick);
            }
        } finally {
            draining = false;
        }
    }
}
