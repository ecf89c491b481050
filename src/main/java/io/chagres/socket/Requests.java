package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.handle.Completion;
import io.chagres.loop.internal.LoopCore;
import org.jspecify.annotations.Nullable;

/** The completion of a request: the error that it failed with, and the call of its callback. */
final class Requests {

    private Requests() {}

    /**
     * Completes a request: it no longer keeps the loop alive, and {@code callback} is called with null or the error, then the ticks run.
     * An exception of the callback goes to the loop's uncaught handler, so that the completions behind this one are not lost.
     *
     * @param errno 0 for success
     */
    static void complete(StreamHandle stream, Completion callback, int errno, String syscall) {
        complete(stream, callback, errno == 0 ? null : failure(stream, errno, syscall));
    }

    /** Completes a request as {@link #complete(StreamHandle, Completion, int, String)} does. {@code error} is null for success. */
    static void complete(StreamHandle stream, Completion callback, @Nullable SystemException error) {
        LoopCore core = LoopCore.of(stream.loop());
        core.letGo();
        try {
            callback.onComplete(error);
        } catch (Throwable thrown) {
            core.callbacks().raise(thrown);
        }
        core.callbacks().drainTicks();
    }

    /** Returns the error with both ends of the stream; without them if there is no memory: the callback must be called in any case. */
    static SystemException failure(StreamHandle stream, int errno, String syscall) {
        try {
            return stream.failure(errno, syscall);
        } catch (Error noMemory) {
            return SystemException.of(errno, syscall);
        }
    }
}
