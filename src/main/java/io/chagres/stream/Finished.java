package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import java.util.function.Consumer;

/** Waits until one side of a stream, or both, are over: Node's lib/internal/streams/end-of-stream.js. */
final class Finished {

    private final Duplex stream;
    private final boolean awaitsEnd;
    private final boolean awaitsFinish;
    /** The sides in the life that the stream has now: it may be opened again in the close event, before this is called. */
    private final ReadableState reading;

    private final WritableState writing;
    private final Completion callback;
    private final Runnable onSideOver = this::sideOver;
    private final Consumer<ChagresException> onError = this::tell;
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

    /** Takes all listeners off; the callback will not be told any more. */
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
            tell(null);
        }
    }

    /** Where all that the stream can do is waited for, it destroys itself then, and has closed when the callback is told. */
    private boolean closeFollows() {
        return stream.options().autoDestroy()
                && awaitsEnd == stream.options().readable()
                && awaitsFinish == stream.options().writable();
    }

    private void closed() {
        if (stream.errored() != null && stream.reading == reading) {
            tell(stream.errored());
        } else {
            tell(isDone() ? null : prematureClose());
        }
    }

    private void tell(ChagresException error) {
        if (!over) {
            remove();
            stream.complete(callback, error);
        }
    }

    static ChagresException prematureClose() {
        return new ChagresException("ERR_STREAM_PREMATURE_CLOSE", "Premature close");
    }
}
