package io.chagres.handle;

import io.chagres.loop.Loop;

/** A handle that is active from a start to a stop. */
abstract class StoppableHandle extends Handle {

    StoppableHandle(Loop loop) {
        super(loop);
    }

    /**
     * Stops the handle at once: it does not call back until it is started again. What has happened but was not delivered yet is
     * dropped. If the handle is not started, this is a no-op.
     */
    public final void stop() {
        core().checkThread();
        disarm();
        deactivate();
    }

    /** Gives up the entry, watcher or subscription through which the loop calls back. Idempotent. */
    abstract void disarm();

    @Override
    protected void release() {
        disarm();
    }
}
