package io.chagres.handle;

import io.chagres.loop.Loop;

/** A handle that is active from its start to its stop. */
abstract class StoppableHandle extends Handle {

    StoppableHandle(Loop loop) {
        super(loop);
    }

    /**
     * Stops the handle at once: it does not call back until it is started again. Events that were not delivered yet are dropped. If the
     * handle is not started, this is a no-op.
     */
    public final void stop() {
        core().checkThread();
        disarm();
        deactivate();
    }

    /** Gives up the entry, watcher or subscription through which the loop calls back. Calling it again is a no-op. */
    abstract void disarm();

    @Override
    protected void release() {
        disarm();
    }
}
