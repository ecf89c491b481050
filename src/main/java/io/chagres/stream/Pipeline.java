package io.chagres.stream;

import io.chagres.loop.ChagresException;
import io.chagres.loop.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Streams piped one into the next, that succeed or fail together: Node's lib/internal/streams/pipeline.js. */
final class Pipeline {

    private final List<Duplex> streams;
    private final Duplex last;
    private final boolean ends;
    private final Completion callback;
    private final Consumer<ChagresException> onError = this::failed;
    private final List<Leg> legs = new ArrayList<>();
    /** The sides of streams that are not over yet. */
    private int underWay;
    private ChagresException error;
    /** Whether all that were not over are destroyed: each of them fails too, and there is nothing left to destroy then. */
    private boolean destroyed;

    Pipeline(List<? extends Duplex> streams, boolean ends, Completion callback) {
        if (streams.size() < 2) {
            throw new UsageException("ERR_MISSING_ARGS", "A pipeline needs at least 2 streams. Received " + streams.size());
        }
        this.streams = List.copyOf(streams);
        last = this.streams.getLast();
        this.ends = ends;
        this.callback = callback;
    }

    /** From one stream to the next. */
    private final class Leg {

        private final Duplex source;
        private final Duplex destination;
        private final CloseListener onClose = hadError -> destinationClosed();

        Leg(Duplex source, Duplex destination) {
            this.source = source;
            this.destination = destination;
        }

        void begin(boolean ends) {
            destination.onClose(onClose);
            source.pipe(destination, ends);
            underWay++;
            Streams.finishedReading(source, Pipeline.this::sideOver);
            if (ends) {
                underWay++;
                Streams.finishedWriting(destination, Pipeline.this::sideOver);
            }
        }

        private void destinationClosed() {
            if (!source.isReadableEnded()) {
                failed(Finished.prematureClose());
            }
        }

        void end() {
            destination.offClose(onClose);
        }
    }

    Duplex begin() {
        streams.subList(1, streams.size()).forEach(Pipeline::requireOpen);
        streams.forEach(stream -> stream.onError(onError));
        for (int i = 1; i < streams.size(); i++) {
            legs.add(new Leg(streams.get(i - 1), streams.get(i)));
            legs.getLast().begin(ends || i < streams.size() - 1);
        }
        return last;
    }

    private static void requireOpen(Duplex destination) {
        if (destination.isDestroyed()) {
            throw new UsageException("ERR_STREAM_UNABLE_TO_PIPE", "Cannot pipe to a closed or destroyed stream");
        }
    }

    private void sideOver(ChagresException error) {
        underWay--;
        if (error != null) {
            failed(error);
        }
        if (underWay == 0) {
            complete();
        }
    }

    /** Any error is worth more than that a stream closed too early, which may well be its consequence. */
    private void failed(ChagresException error) {
        if (this.error == null || this.error.code().equals("ERR_STREAM_PREMATURE_CLOSE")) {
            this.error = error;
        }
        if (!destroyed) {
            destroyed = true;
            for (int i = 0; i < streams.size(); i++) {
                destroyUnlessOver(i);
            }
        }
    }

    private void destroyUnlessOver(int index) {
        Duplex stream = streams.get(index);
        boolean isLast = index == streams.size() - 1;
        boolean over = (isLast || stream.isReadableEnded()) && (index == 0 || stream.isWritableFinished());
        if (!over && (!isLast || ends)) {
            stream.destroy(error);
        }
    }

    /** A last stream that lives on is its user's again, with its errors; the others' late ones are of no interest. */
    private void complete() {
        legs.forEach(Leg::end);
        if (!last.isDestroyed()) {
            last.offError(onError);
        }
        last.tick(() -> last.tell(callback, error));
    }
}
