package io.chagres.sys;

/** A listener for calls of the C library, see {@link ObservedCalls}. */
public interface CallObserver {

    /**
     * Called right after {@code call}, on the thread that made it, before the caller gets the result. The memory that the
     * arguments point to is valid during this method only.
     *
     * <p>Calls that this method makes itself are not observed. An exception goes to the uncaught handler of the thread.
     */
    void called(Call call);
}
