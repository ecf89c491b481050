package io.chagres.loop;

import io.chagres.loop.internal.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The end of a loop thread: the exception that it died of, and the listeners that are called then. Any thread may use it. */
final class LoopExit {

    private final List<Consumer<? super @Nullable Throwable>> listeners = new ArrayList<>();
    private @Nullable Throwable failure;
    private boolean over;

    /** Calls {@code listener} at the end, or now if the loop has ended. */
    void add(Consumer<? super @Nullable Throwable> listener) {
        synchronized (this) {
            if (!over) {
                listeners.add(listener);
                return;
            }
        }
        call(listener);
    }

    /** Removes {@code listener}, if the loop has not ended. */
    synchronized void remove(Consumer<? super @Nullable Throwable> listener) {
        if (!over) {
            listeners.remove(listener);
        }
    }

    /** Notes the end and calls the listeners. It needs no memory: a loop may die of an OutOfMemoryError. */
    void end(@Nullable Throwable thrown) {
        synchronized (this) {
            failure = thrown;
            over = true;
        }
        for (int i = 0; i < listeners.size(); i++) { // nothing is added any more
            call(listeners.get(i));
        }
    }

    private void call(Consumer<? super @Nullable Throwable> listener) {
        try {
            listener.accept(failure());
        } catch (Throwable thrown) {
            Failures.reportUncaught(thrown);
        }
    }

    /** Returns whether the loop has ended. */
    synchronized boolean isOver() {
        return over;
    }

    /** Returns the exception that the loop has died of; null if it lives or has ended normally. */
    synchronized @Nullable Throwable failure() {
        return failure;
    }
}
