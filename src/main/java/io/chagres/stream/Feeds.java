package io.chagres.stream;

import java.util.function.Consumer;

/** The pipes that end in a sink, and those who listen for them. They form a list by links of their own; mostly there is one. */
final class Feeds {

    /** Its {@link Piping#previous} is the last. */
    private Piping first;

    private Listeners<Consumer<? super Readable>> pipeListeners;
    private Listeners<Consumer<? super Readable>> unpipeListeners;

    void onPipe(Duplex sink, Consumer<? super Readable> listener) {
        pipeListeners = sink.with(pipeListeners, listener);
    }

    void onUnpipe(Duplex sink, Consumer<? super Readable> listener) {
        unpipeListeners = sink.with(unpipeListeners, listener);
    }

    /** The first pipe, or null. */
    Piping first() {
        return first;
    }

    void offPipe(Duplex sink, Consumer<? super Readable> listener) {
        pipeListeners = sink.without(pipeListeners, listener);
    }

    void offUnpipe(Duplex sink, Consumer<? super Readable> listener) {
        unpipeListeners = sink.without(unpipeListeners, listener);
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
