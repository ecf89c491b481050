package io.chagres.loop.internal;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The exceptions that callbacks of a loop throw: each goes to the uncaught handler, or ends the run. An Error is treated like an
 * exception. No method but {@link #rethrow} throws, so that a phase always reaches its end.
 */
public final class Failures {

    private final RunState runState;
    private @Nullable Consumer<? super Throwable> handler;
    /** The exception that the current run ends with, or null. */
    private @Nullable Throwable failure;
    /** The exception of the last run or close. Other threads read it after they have found the mailbox closed. */
    private @Nullable Throwable end;

    Failures(RunState runState) {
        this.runState = runState;
    }

    /** Sets the handler; null if a failure must end the run. */
    public void setHandler(@Nullable Consumer<? super Throwable> handler) {
        this.handler = handler;
    }

    /**
     * Calls the handler with {@code thrown}. If there is no handler, or the handler throws itself, the loop stops after this iteration
     * and run throws the exception. This method itself never throws.
     */
    public void raise(Throwable thrown) {
        if (handler == null) {
            fail(thrown);
            return;
        }
        try {
            handler.accept(thrown);
        } catch (Throwable fromHandler) {
            fail(fromHandler);
        }
    }

    private void fail(Throwable thrown) {
        runState.stop();
        if (failure == null) {
            failure = thrown;
            return;
        }
        try {
            if (failure != thrown) {
                failure.addSuppressed(thrown);
            }
        } catch (Throwable noMemory) {
            // the first exception is the important one
        }
    }

    /** Throws the exception that the run ends with, if there is one. */
    public void rethrow() {
        Throwable thrown = failure;
        failure = null;
        if (thrown != null) {
            end = thrown;
            throw Failures.<RuntimeException>asIs(thrown);
        }
    }

    /** Returns the exception that ended the last run, or null. */
    public @Nullable Throwable end() {
        return end;
    }

    /** Sets the exception that ended this run; null when a run begins. */
    public void endWith(@Nullable Throwable thrown) {
        end = thrown;
    }

    /** Passes what a call on a thread of Chagres has thrown to the handler of that thread. This never throws. */
    public static void reportUncaught(Throwable thrown) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        } catch (Throwable ignored) {
            // the JVM ignores such an exception, too
        }
    }

    /** Throws {@code thrown} as an exception of a type that the caller need not declare. */
    @SuppressWarnings("unchecked")
    public static <T extends Throwable> T asIs(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
