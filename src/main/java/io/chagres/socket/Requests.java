package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.handle.Completion;
import io.chagres.loop.internal.LoopCore;

/** The end of a request. */
final class Requests {

    private Requests() {}

    /**
     * Tells {@code callback}, and lets go of the loop. One completion must not cost another its own: what it throws goes to the
     * loop's uncaught handler.
     */
    static void complete(StreamHandle stream, Completion callback, int errno, String syscall) {
        complete(stream, callback, errno == 0 ? null : failure(stream, errno, syscall));
    }

    /** As {@link #complete(StreamHandle, Completion, int, String)}; {@code error} is null for success. */
    static void complete(StreamHandle stream, Completion callback, SystemException error) {
        LoopCore core = LoopCore.of(stream.loop());
        core.letGo();
        try {
            callback.onComplete(error);
        } catch (Throwable thrown) {
            core.callbacks().raise(thrown);
        }
        core.callbacks().drainTicks();
    }

    /** Why it has failed, with both ends of the stream unless there is no memory for that: the callback is called in any case. */
    static SystemException failure(StreamHandle stream, int errno, String syscall) {
        try {
            return stream.failure(errno, syscall);
        } catch (Error noMemory) {
            return SystemException.of(errno, syscall);
        }
    }
}
