package io.chagres.stream;

import io.chagres.loop.LoopCore;
import io.chagres.loop.SystemException;

/** The end of a request. */
final class Requests {

    private Requests() {
    }

    /**
     * Tells {@code callback}, and lets go of the loop. One completion must not cost another its own: what it throws goes to the
     * loop's uncaught handler.
     */
    static void complete(LoopCore core, Completion callback, int errno, String syscall) {
        core.release();
        try {
            callback.onComplete(errno == 0 ? null : SystemException.of(errno, syscall));
        } catch (Throwable thrown) {
            core.raise(thrown);
        }
        core.drainTicks();
    }
}
