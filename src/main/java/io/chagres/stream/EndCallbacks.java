package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The callbacks of the calls of end(), which wait for the finish of a stream. */
final class EndCallbacks {

    private final Duplex stream;
    private List<Completion> waiting = new ArrayList<>(1);

    private EndCallbacks(Duplex stream) {
        this.stream = stream;
    }

    /** Adds a callback to {@code list}, which may be null, and returns the list. With an error, the callback is called on a tick instead. */
    static @Nullable EndCallbacks add(
            @Nullable EndCallbacks list, Completion callback, @Nullable ChagresException error, Duplex stream) {
        if (error != null) {
            stream.tick(() -> callback.onComplete(error));
            return list;
        }
        EndCallbacks callbacks = list != null ? list : new EndCallbacks(stream);
        callbacks.waiting.add(callback);
        return callbacks;
    }

    /** Calls them, once. */
    void complete(@Nullable ChagresException error) {
        List<Completion> called = waiting;
        waiting = new ArrayList<>(1);
        called.forEach(callback -> stream.complete(callback, error));
    }
}
