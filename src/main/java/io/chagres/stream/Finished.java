package io.chagres.stream;

import io.chagres.loop.ChagresException;
import java.util.function.Consumer;

/** Waits until one side of a stream, or both, are over: Node's lib/internal/streams/end-of-stream.js. */
final class Finished {

    private final Duplex stream;
    private final boolean reading;
    private final boolean writing;
    private final Completion callback;
    private final Runnable onSideOver = this::sideOver;
    private final Consumer<ChagresException> onError = this::tell;
    private final CloseListener onClose = hadError -> closed();
    private boolean over;

    Finished(Duplex stream, boolean reading, boolean writing, Completion callback) {
        this.stream = stream;
        this.reading = reading && stream.options.readable();
        this.writing = writing && stream.options.writable();
        this.callback = callback;
    }

    void begin() {
        stream.onEnd(onSideOver).onFinish(onSideOver).onError(onError).onClose(onClose);
        if (stream.isClosed() || stream.isErrorEmitted() && !closeFollows()) {
            stream.tick(this::closed);
        } else if (isDone()) {
            stream.tick(onSideOver);
        }
    }

    /** Takes all listeners off; the callback will not be told any more. */
    void remove() {
        over = true;
        stream.offEnd(onSideOver).offFinish(onSideOver).offError(onError).offClose(onClose);
    }

    private boolean isDone() {
        return (!reading || stream.isReadableEnded()) && (!writing || stream.isWritableFinished());
    }

    private void sideOver() {
        if (isDone() && !closeFollows()) {
            tell(null);
        }
    }

    /** Where all that the stream can do is waited for, it destroys itself then, and has closed when the callback is told. */
    private boolean closeFollows() {
        return stream.options.autoDestroy()
            && reading == stream.options.readable() && writing == stream.options.writable();
    }

    private void closed() {
        if (stream.errored() != null) {
            tell(stream.errored());
        } else {
            tell(isDone() ? null : prematureClose());
        }
    }

    private void tell(ChagresException error) {
        if (!over) {
            remove();
            stream.tell(callback, error);
        }
    }

    static ChagresException prematureClose() {
        return new ChagresException("ERR_STREAM_PREMATURE_CLOSE", "Premature close");
    }
}
