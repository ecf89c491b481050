package io.chagres.stream;

import io.chagres.loop.internal.Listeners;
import java.util.function.Consumer;

/** The pipes that end in a sink, and those who listen for them. They form a list by links of their own; mostly there is one. */
final class Feeds {

    /** Its {@link Piping#previous} is the last. */
    private Piping first;

    private Listeners<Consumer<? super Readable>> pipeListeners;
    private Listeners<Consumer<? super Readable>> unpipeListeners;

    void onPipe(Consumer<? super Readable> listener) {
        pipeListeners = Listeners.add(pipeListeners, listener);
    }

    void onUnpipe(Consumer<? super Readable> listener) {
        unpipeListeners = Listeners.add(unpipeListeners, listener);
    }

    /** The first pipe, or null. */
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
            pipe.previous = first.previous;
            pipe.previous.next = pipe;
        }
        first.previous = pipe;
        tell(pipeListeners, pipe);
    }

    void remove(Piping pipe) {
        forget(pipe);
        tell(unpipeListeners, pipe);
    }

    /** As {@link #remove}, and nobody is told. */
    void forget(Piping pipe) {
        if (pipe.previous == null) {
            return; // it has been forgotten already
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

    private static void tell(Listeners<Consumer<? super Readable>> listeners, Piping pipe) {
        try {
            for (var at = listeners; at != null; at = at.next()) {
                at.listener().accept(pipe.source());
            }
        } catch (Throwable thrown) {
            pipe.sink().raise(thrown);
        }
    }

    /** The sink takes more. */
    void drained() {
        for (Piping pipe = first; pipe != null; pipe = pipe.next) {
            pipe.drained();
        }
    }

    /** The sink takes no more, ever: its sources are left to their owners. */
    void end() {
        Piping following;
        for (Piping pipe = first; pipe != null; pipe = following) {
            following = pipe.next;
            pipe.unpipe();
        }
    }
}
