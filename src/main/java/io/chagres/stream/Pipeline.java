package io.chagres.stream;

import io.chagres.loop.ChagresException;
import io.chagres.loop.UsageException;
import java.util.List;
import java.util.function.Consumer;

/** Streams piped one into the next, that succeed or fail together: Node's lib/internal/streams/pipeline.js. */
final class Pipeline {

    private final List<Duplex> streams;
    private final boolean ends;
    private final Completion callback;
    private final Consumer<ChagresException> onError = this::failed;
    /** The sides of streams that are not over yet. */
    private int underWay;
    private ChagresException error;

    Pipeline(List<? extends Duplex> streams, boolean ends, Completion callback) {
        if (streams.size() < 2) {
            throw new UsageException("ERR_MISSING_ARGS", "The \"streams\" argument must be specified");
        }
        this.streams = List.copyOf(streams);
        this.ends = ends;
        this.callback = callback;
    }

    Duplex begin() {
        streams.subList(1, streams.size()).forEach(Pipeline::requireOpen);
        streams.forEach(stream -> stream.onError(onError));
        underWay = 2 * (streams.size() - 1);
        for (int i = 1; i < streams.size(); i++) {
            connect(streams.get(i - 1), streams.get(i), ends || i < streams.size() - 1);
        }
        return streams.getLast();
    }

    private static void requireOpen(Duplex destination) {
        if (destination.isDestroyed()) {
            throw new UsageException("ERR_STREAM_UNABLE_TO_PIPE", "Cannot pipe to a closed or destroyed stream");
        }
    }

    private void connect(Duplex source, Duplex destination, boolean ends) {
        destination.onClose(hadError -> {
            if (!source.isReadableEnded()) {
                failed(Finished.prematureClose());
            }
        });
        source.pipe(destination, ends);
        Streams.finishedReading(source, this::sideOver);
        if (ends) {
            Streams.finishedWriting(destination, this::sideOver);
        } else {
            underWay--;
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
        for (int i = 0; i < streams.size(); i++) {
            destroyUnlessOver(i);
        }
    }

    private void destroyUnlessOver(int index) {
        Duplex stream = streams.get(index);
        boolean last = index == streams.size() - 1;
        boolean over = (last || stream.isReadableEnded()) && (index == 0 || stream.isWritableFinished());
        if (!over && (!last || ends)) {
            stream.destroy(error);
        }
    }

    /** The last stream goes on where it can still be read; its errors are its user's again. */
    private void complete() {
        if (error == null && streams.getLast().isReadable()) {
            streams.getLast().offError(onError);
        }
        streams.getLast().tick(() -> streams.getLast().tell(callback, error));
    }
}
