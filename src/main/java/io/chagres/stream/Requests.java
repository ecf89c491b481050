package io.chagres.stream;

import io.chagres.loop.LoopCore;

/** The end of a request. */
final class Requests {

    private Requests() {
    }

    /**
     * Tells {@code callback}, and lets go of the loop. One completion must not cost another its own: what it throws goes to the
     * loop's uncaught handler.
     */
    static void complete(StreamHandle stream, Completion callback, int errno, String syscall) {
        LoopCore core = stream.loop().core();
        core.release();
        try {
            callback.onComplete(errno == 0 ? null : stream.failure(errno, syscall));
        } catch (Throwable thrown) {
            core.raise(thrown);
        }
        core.drainTicks();
    }
}
