package io.chagres.stream;

import java.util.function.Consumer;

/** The pipes that end in a sink, and those who listen for them. They form a list by links of their own; mostly there is one. */
final class Feeds {

    private Piping first;
    private Listeners<Consumer<? super Readable>> pipeListeners;
    private Listeners<Consumer<? super Readable>> unpipeListeners;

    void onPipe(Duplex sink, Consumer<? super Readable> listener) {
        pipeListeners = sink.with(pipeListeners, listener);
    }

    void onUnpipe(Duplex sink, Consumer<? super Readable> listener) {
        unpipeListeners = sink.with(unpipeListeners, listener);
    }

    void add(Piping pipe) {
        if (first == null) {
            first = pipe;
        } else {
            Piping last = first;
            while (last.next != null) {
                last = last.next;
            }
            last.next = pipe;
        }
        tell(pipeListeners, pipe);
    }

    void remove(Piping pipe) {
        forget(pipe);
        tell(unpipeListeners, pipe);
    }

    /** As {@link #remove}, and nobody is told. */
    void forget(Piping pipe) {
        if (first == pipe) {
            first = pipe.next;
            return;
        }
        Piping before = first;
        while (before != null && before.next != pipe) {
            before = before.next;
        }
        if (before != null) {
            before.next = pipe.next;
        }
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
