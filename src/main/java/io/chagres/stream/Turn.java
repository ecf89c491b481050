package io.chagres.stream;

import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Task;
import java.util.concurrent.atomic.AtomicBoolean;

/** Work of the loop thread that any thread can ask for. Until the work begins, asking again is a no-op. */
final class Turn {

    private final LoopCore core;
    private final Runnable work;
    private final Runnable tick = this::begin;
    private final Task task = Task.of(tick);
    private final AtomicBoolean asked = new AtomicBoolean();

    Turn(LoopCore core, Runnable work) {
        this.core = core;
        this.work = work;
    }

    /** Leaves a tick on the loop thread, and on another thread a task of the poll phase; any thread. */
    void ask() {
        ask(core.isLoopThread());
    }

    /** Leaves a task of the poll phase, so that the loop handles other events before. */
    void askLater() {
        ask(false);
    }

    private void ask(boolean soon) {
        // always an exchange: after a plain read the work would not see what this thread has written
        if (asked.getAndSet(true)) {
            core.wakeIfOwed();
            return;
        }
        try {
            if (soon) {
                core.tick(tick);
            } else {
                core.post(task);
            }
        } catch (Throwable thrown) {
            asked.set(false);
            throw thrown;
        }
    }

    private void begin() {
        asked.getAndSet(false);
        work.run();
    }
}
