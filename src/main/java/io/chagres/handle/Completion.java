package io.chagres.handle;

import io.chagres.ChagresException;

/** How a request ended: the one call that each write, connect and shutdown makes, never inside the call that asked for it. */
@FunctionalInterface
public interface Completion {

    /** @param error null if it succeeded; ECANCELED if the handle was closed first */
    void onComplete(ChagresException error);
}
