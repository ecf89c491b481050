package io.chagres.handle;

import io.chagres.ChagresException;
import org.jspecify.annotations.Nullable;

/**
 * The callback of a request: a write, a connect or a shutdown. It is called once, on the loop thread, and never inside the call that
 * made the request.
 */
@FunctionalInterface
public interface Completion {

    /**
     * Receives the result of the request.
     *
     * @param error null if the request has succeeded; code ECANCELED if the handle was closed first
     */
    void onComplete(@Nullable ChagresException error);
}
