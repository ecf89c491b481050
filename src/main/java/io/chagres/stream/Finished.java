package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A wait for the end of one side of a stream, or of both: Node's lib/internal/streams/end-of-stream.js. It listens for end, finish, error
 * and close, calls its callback at the first event that decides, and removes its listeners.
 */
final class Finished {

    private final Duplex stream;
    private final boolean awaitsEnd;
    private final boolean awaitsFinish;
    private final ReadableState
            reading; // the sides of this life: an earlier close listener may have opened the stream again
    private final WritableState writing;
    private final Completion callback;
    private final Runnable onSideOver = this::sideOver;
    private final Consumer<ChagresException> onError = this::complete;
    private final CloseListener onClose = hadError -> closed();
    private boolean over;

    Finished(Duplex stream, boolean reading, boolean writing, Completion callback) {
        this.stream = stream;
        awaitsEnd = reading && stream.options().readable();
        awaitsFinish = writing && stream.options().writable();
        this.reading = stream.reading;
        this.writing = stream.writing;
        this.callback = callback;
    }

    void begin() {
        stream.onEnd(onSideOver).onFinish(onSideOver).onError(onError).onClose(onClose);
        if (stream.isClosed() || stream.life.isErrorEmitted() && !closeFollows()) {
            stream.tick(this::closed);
        } else if (isDone()) {
            stream.tick(onSideOver);
        }
    }

    /** Removes all listeners. The callback will not be called any more. */
    void remove() {
        over = true;
        stream.offEnd(onSideOver);
        stream.offFinish(onSideOver);
        stream.offError(onError);
        stream.offClose(onClose);
    }

    private boolean isDone() {
        return (!awaitsEnd || reading.isEndEmitted()) && (!awaitsFinish || writing.isFinished());
    }

    private void sideOver() {
        if (isDone() && !closeFollows()) {
            complete(null);
        }
    }

    /** Returns whether the callback waits for the close: all sides are awaited, and the stream destroys itself after them. */
    private boolean closeFollows() {
        return stream.options().autoDestroy()
                && awaitsEnd == stream.options().readable()
                && awaitsFinish == stream.options().writable();
    }

    private void closed() {
        if (stream.errored() != null && stream.reading == reading) {
            complete(stream.errored());
        } else {
            complete(isDone() ? null : prematureClose());
        }
    }

    private void complete(@Nullable ChagresException error) {
        if (!over) {
            remove();
            stream.complete(callback, error);
        }
    }

    static ChagresException prematureClose() {
        return new ChagresException("ERR_STREAM_PREMATURE_CLOSE", "Premature close");
    }
}
