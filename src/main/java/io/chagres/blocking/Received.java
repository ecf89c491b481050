package io.chagres.blocking;

import io.chagres.ChagresException;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Duplex;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An error listener of a stream for the time of a write or an end: the future receives the error, so the error event that follows it must
 * not go to the uncaught handler of the loop.
 */
final class Received implements Consumer<ChagresException>, CloseListener {

    private final Duplex stream;

    private Received(Duplex stream) {
        this.stream = stream;
    }

    static Received listenTo(Duplex stream) {
        Received received = new Received(stream);
        stream.onError(received);
        return received;
    }

    /** Leaves the stream: now, or, if the write has failed, after its error event. */
    void leave(@Nullable ChagresException error) {
        if (error == null || stream.isClosed()) {
            stream.offError(this);
        } else {
            stream.onClose(this);
        }
    }

    @Override
    public void accept(ChagresException error) {
        // the callback of the write has it, too
    }

    @Override
    public void onClose(boolean hadError) {
        stream.offError(this);
        stream.offClose(this);
    }
}
