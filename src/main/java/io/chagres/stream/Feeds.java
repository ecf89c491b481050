package io.chagres.stream;

import java.util.List;
import java.util.function.Consumer;

/** The pipes that end in a sink, and those who listen for them. */
final class Feeds {

    private final Duplex sink;
    private List<Piping> pipings = List.of();
    private Listeners<Consumer<? super Readable>> pipeListeners;
    private Listeners<Consumer<? super Readable>> unpipeListeners;

    Feeds(Duplex sink) {
        this.sink = sink;
    }

    void onPipe(Consumer<? super Readable> listener) {
        pipeListeners = sink.with(pipeListeners, listener);
    }

    void onUnpipe(Consumer<? super Readable> listener) {
        unpipeListeners = sink.with(unpipeListeners, listener);
    }

    void add(Piping piping, Readable source) {
        pipings = Pipes.with(pipings, piping);
        tell(pipeListeners, source);
    }

    void remove(Piping piping, Readable source) {
        pipings = Pipes.without(pipings, piping);
        tell(unpipeListeners, source);
    }

    /** As {@link #remove}, and nobody is told. */
    void forget(Piping piping) {
        pipings = Pipes.without(pipings, piping);
    }

    private void tell(Listeners<Consumer<? super Readable>> listeners, Readable source) {
        try {
            for (var at = listeners; at != null; at = at.next()) {
                at.listener().accept(source);
            }
        } catch (Throwable thrown) {
            sink.raise(thrown);
        }
    }

    /** The sink takes more. */
    void drained() {
        pipings.forEach(Piping::drained);
    }

    /** The sink takes no more, ever: its sources are left to their owners. */
    void end() {
        pipings.forEach(Piping::unpipe);
    }
}
