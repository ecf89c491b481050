package io.chagres.stream;

import io.chagres.loop.internal.Listeners;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The pipes that end in a sink, and the listeners for pipe and unpipe. The pipes are a linked list. Usually there is one. */
final class Feeds {

    private @Nullable Piping first; // its previous is the last, so that adding one needs no walk

    private @Nullable Listeners<Consumer<? super Readable>> pipeListeners;
    private @Nullable Listeners<Consumer<? super Readable>> unpipeListeners;

    void onPipe(Consumer<? super Readable> listener) {
        pipeListeners = Listeners.add(pipeListeners, listener);
    }

    void onUnpipe(Consumer<? super Readable> listener) {
        unpipeListeners = Listeners.add(unpipeListeners, listener);
    }

    /** Returns the first pipe, or null. */
    @Nullable
    Piping first() {
        return first;
    }

    void offPipe(Consumer<? super Readable> listener) {
        pipeListeners = Listeners.remove(pipeListeners, listener);
    }

    void offUnpipe(Consumer<? super Readable> listener) {
        unpipeListeners = Listeners.remove(unpipeListeners, listener);
    }

    void add(Piping pipe) {
        if (first == null) {
            first = pipe;
        } else {
            Piping last = Objects.requireNonNull(first.previous);
            pipe.previous = last;
            last.next = pipe;
        }
        first.previous = pipe;
        emit(pipeListeners, pipe);
    }

    void remove(Piping pipe) {
        forget(pipe);
        emit(unpipeListeners, pipe);
    }

    /** Removes a pipe without an event. */
    void forget(Piping pipe) {
        if (pipe.previous == null) {
            return; // removed already: a listener of this event may end the pipe again
        }
        if (pipe == first) {
            first = pipe.next;
        } else {
            pipe.previous.next = pipe.next;
        }
        if (pipe.next != null) {
            pipe.next.previous = pipe.previous;
        } else if (first != null) {
            first.previous = pipe.previous;
        }
        pipe.previous = null;
    }

    private static void emit(@Nullable Listeners<Consumer<? super Readable>> listeners, Piping pipe) {
        try {
            for (var at = listeners; at != null; at = at.next()) {
                at.listener().accept(pipe.source());
            }
        } catch (Throwable thrown) {
            pipe.sink().raise(thrown);
        }
    }

    /** Called when the sink takes more; {@code feeds} is null without pipes. */
    static void drained(@Nullable Feeds feeds) {
        for (Piping pipe = feeds == null ? null : feeds.first; pipe != null; pipe = pipe.next) {
            pipe.drained();
        }
    }

    /** Ends all pipes: the sink has finished, failed or closed. The sources are left to their owners. */
    static void end(@Nullable Feeds feeds) {
        Piping following;
        for (Piping pipe = feeds == null ? null : feeds.first; pipe != null; pipe = following) {
            following = pipe.next;
            pipe.unpipe();
        }
    }
}
