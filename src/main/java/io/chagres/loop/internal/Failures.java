package io.chagres.loop.internal;

import java.util.function.Consumer;

/**
 * Everything that callbacks of a loop throw: it goes to the uncaught handler, or ends the run. An Error is treated as any
 * exception. No method but {@link #rethrow} throws, so that a phase can rely on going through to its end.
 */
public final class Failures {

    private final RunState runState;
    private Consumer<? super Throwable> handler;
    /** What the present run ends with. */
    private Throwable failure;
    /** What the last run or close threw; read by other threads once they have found the mailbox closed. */
    private Throwable end;

    Failures(RunState runState) {
        this.runState = runState;
    }

    /** Sets the handler; null: a failure ends the run. */
    public void setHandler(Consumer<? super Throwable> handler) {
        this.handler = handler;
    }

    /**
     * Hands {@code thrown} to the handler. Without one, or if it throws itself, the loop stops after this iteration and run throws.
     * This method itself never throws.
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
            // The first one counts.
        }
    }

    /** Throws what the run ends with, if there is something. */
    public void rethrow() {
        Throwable thrown = failure;
        failure = null;
        if (thrown != null) {
            end = thrown;
            throw Failures.<RuntimeException>asIs(thrown);
        }
    }

    /** What ended the last run, or null. */
    public Throwable end() {
        return end;
    }

    /** What ends this run; null when one begins. */
    public void endWith(Throwable thrown) {
        end = thrown;
    }

    /** Returns {@code thrown} under a type that need not be declared. */
    @SuppressWarnings("unchecked")
    public static <T extends Throwable> T asIs(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
