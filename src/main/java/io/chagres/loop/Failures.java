package io.chagres.loop;

import java.util.function.Consumer;

/**
 * Everything that callbacks of a loop throw: it goes to the uncaught handler, or ends the run. An Error is treated as any
 * exception. No method but {@link #rethrow} throws, so that a phase can rely on going through to its end.
 */
final class Failures {

    private final Loop loop;
    private Consumer<? super Throwable> handler;
    /** What the present run ends with. */
    private Throwable failure;
    /** What the last run or close threw; read by other threads once they have found the mailbox closed. */
    private Throwable end;

    Failures(Loop loop) {
        this.loop = loop;
    }

    void onUncaught(Consumer<? super Throwable> handler) {
        this.handler = handler;
    }

    void raise(Throwable thrown) {
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
        loop.requestStop();
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
    void rethrow() {
        Throwable thrown = failure;
        failure = null;
        if (thrown != null) {
            end = thrown;
            throw Failures.<RuntimeException>asIs(thrown);
        }
    }

    /** What ended the last run, or null. */
    Throwable end() {
        return end;
    }

    /** What ends this run; null when one begins. */
    void endWith(Throwable thrown) {
        end = thrown;
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> T asIs(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
