package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Streams that are piped one into the next, and succeed or fail together: Node's lib/internal/streams/pipeline.js. */
final class Pipeline {

    private final List<Member> members = new ArrayList<>();
    private final Member last;
    private final boolean ends;
    private final Completion callback;
    private int pendingSides; // those that have not ended or finished yet
    private @Nullable ChagresException error;
    private boolean destroyed; // each member that is destroyed fails, too: that destroys nothing more

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

    /**
     * One of the streams, up to its close: a stream that is opened again after that is no longer part of the pipeline. A member is
     * itself its error listener and its close listener.
     */
    private final class Member implements CloseListener, Consumer<ChagresException> {

        private final Duplex stream;
        private final ReadableState reading;
        private final WritableState writing;
        private final @Nullable Member source; // the member that is piped into this one; null for the first

        Member(Duplex stream, @Nullable Member source) {
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

        /** Pipes the member before this one into it. */
        void pipe(boolean ends) {
            Duplex from = Objects.requireNonNull(source).stream;
            from.pipe(stream, ends);
            pendingSides++;
            Streams.finishedReading(from, Pipeline.this::sideOver);
            if (ends) {
                pendingSides++;
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
            if (pendingSides > 0 && source != null && !source.reading.isEndEmitted()) {
                failed(Finished.prematureClose());
            }
        }

        void leave() {
            stream.offError(this);
            stream.offClose(this);
        }

        void destroyUnlessDone() {
            boolean done = (this == last || reading.isEndEmitted()) && (source == null || writing.isFinished());
            boolean isSameLife = stream.reading == reading;
            if (!done && isSameLife && (this != last || ends)) {
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

    private void sideOver(@Nullable ChagresException error) {
        pendingSides--;
        if (error != null) {
            failed(error);
        }
        if (pendingSides == 0) {
            complete();
        }
    }

    /** Fails all. A premature close may be the consequence of another error, which is reported instead. */
    private void failed(ChagresException error) {
        if (this.error == null || this.error.code().equals("ERR_STREAM_PREMATURE_CLOSE")) {
            this.error = error;
        }
        if (!destroyed) {
            destroyed = true;
            members.forEach(Member::destroyUnlessDone);
        }
    }

    /** Calls back on a tick. A last stream that lives on belongs to its user again, with its errors. Late errors of the others are dropped until they close. */
    private void complete() {
        if (!last.stream.isDestroyed()) {
            last.leave();
        }
        last.stream.tick(() -> last.stream.complete(callback, error));
    }
}
