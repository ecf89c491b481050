package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Streams piped one into the next, that succeed or fail together: Node's lib/internal/streams/pipeline.js. */
final class Pipeline {

    private final List<Member> members = new ArrayList<>();
    private final Member last;
    private final boolean ends;
    private final Completion callback;
    /** The sides of streams that are not over yet. */
    private int underWay;

    private ChagresException error;
    /** Whether all that were not over are destroyed: each of them fails too, and there is nothing left to destroy then. */
    private boolean destroyed;

    Pipeline(List<? extends Duplex> streams, boolean ends, Completion callback) {
        if (streams.size() < 2) {
            throw new UsageException(
                    "ERR_MISSING_ARGS", "A pipeline needs at least 2 streams. Received " + streams.size());
        }
        for (Duplex stream : List.copyOf(streams)) {
            members.add(new Member(stream, members.isEmpty() ? null : members.getLast()));
        }
        last = members.getLast();
        this.ends = ends;
        this.callback = callback;
    }

    /** One of the streams, up to its close: a stream that is opened again after that is no longer part of this. */
    private final class Member implements CloseListener, Consumer<ChagresException> {

        private final Duplex stream;
        private final ReadableState reading;
        private final WritableState writing;
        /** The one that is piped into this; null for the first. */
        private final Member source;

        Member(Duplex stream, Member source) {
            this.stream = stream;
            this.source = source;
            reading = stream.reading;
            writing = stream.writing;
        }

        void requireOpen() {
            if (stream.isDestroyed()) {
                throw new UsageException("ERR_STREAM_UNABLE_TO_PIPE", "Cannot pipe to a closed or destroyed stream");
            }
        }

        void listen() {
            stream.onError(this).onClose(this);
        }

        /** From the one before to this. */
        void pipe(boolean ends) {
            source.stream.pipe(stream, ends);
            underWay++;
            Streams.finishedReading(source.stream, Pipeline.this::sideOver);
            if (ends) {
                underWay++;
                Streams.finishedWriting(stream, Pipeline.this::sideOver);
            }
        }

        @Override
        public void accept(ChagresException error) {
            failed(error);
        }

        @Override
        public void onClose(boolean hadError) {
            leave();
            if (underWay > 0 && source != null && !source.reading.isEndEmitted()) {
                failed(Finished.prematureClose());
            }
        }

        void leave() {
            stream.offError(this);
            stream.offClose(this);
        }

        void destroyUnlessOver() {
            boolean over = (this == last || reading.isEndEmitted()) && (source == null || writing.isFinished());
            boolean isSameLife = stream.reading == reading;
            if (!over && isSameLife && (this != last || ends)) {
                stream.destroy(error);
            }
        }
    }

    Duplex begin() {
        members.subList(1, members.size()).forEach(Member::requireOpen);
        members.forEach(Member::listen);
        for (Member member : members.subList(1, members.size())) {
            member.pipe(ends || member != last);
        }
        return last.stream;
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
            members.forEach(Member::destroyUnlessOver);
        }
    }

    /** A last stream that lives on is its user's again, with its errors. Late errors of the others are dropped until they close. */
    private void complete() {
        if (!last.stream.isDestroyed()) {
            last.leave();
        }
        last.stream.tick(() -> last.stream.complete(callback, error));
    }
}
