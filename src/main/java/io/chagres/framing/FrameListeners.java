package io.chagres.framing;

import io.chagres.ChagresException;
import io.chagres.loop.internal.Callbacks;
import io.chagres.loop.internal.Listeners;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of a {@link FrameReader}. An exception of one of them goes to the loop's uncaught handler, and the next frame follows: a
 * frame that is left out would be a hole in the protocol.
 */
final class FrameListeners {

    private final Callbacks callbacks;
    private @Nullable Listeners<Consumer<? super ByteBuffer>> frame;
    private @Nullable Listeners<Runnable> end;
    private @Nullable Listeners<Consumer<? super ChagresException>> error;

    FrameListeners(Callbacks callbacks) {
        this.callbacks = callbacks;
    }

    void onFrame(Consumer<? super ByteBuffer> listener) {
        frame = Listeners.add(frame, listener);
    }

    void offFrame(Consumer<? super ByteBuffer> listener) {
        frame = Listeners.remove(frame, listener);
    }

    /** Removes the last {@link TextDecoding} for {@code listener}. */
    void offText(Consumer<String> listener) {
        TextDecoding found = null;
        for (var at = frame; at != null; at = at.next()) {
            found = at.listener() instanceof TextDecoding text && text.decodesFor(listener) ? text : found;
        }
        if (found != null) {
            offFrame(found);
        }
    }

    void onEnd(Runnable listener) {
        end = Listeners.add(end, listener);
    }

    void offEnd(Runnable listener) {
        end = Listeners.remove(end, listener);
    }

    void onError(Consumer<? super ChagresException> listener) {
        error = Listeners.add(error, listener);
    }

    void offError(Consumer<? super ChagresException> listener) {
        error = Listeners.remove(error, listener);
    }

    /** Calls the listeners; returns false if there is none. */
    boolean callError(ChagresException thrown) {
        boolean isCalled = error != null;
        for (var at = error; at != null; at = at.next()) {
            try {
                at.listener().accept(thrown);
            } catch (Throwable again) {
                callbacks.raise(again);
            }
        }
        return isCalled;
    }

    /** Calls the listeners with the frame from {@code from} to {@code to}: each with a view of its own. */
    void callFrame(ByteBuffer bytes, int from, int to) {
        for (var at = frame; at != null; at = at.next()) {
            if (at.listener() instanceof TextDecoding text) {
                call(text, bytes, from, to);
            } else {
                call(at.listener(), bytes.slice(from, to - from));
            }
        }
    }

    private void call(TextDecoding listener, ByteBuffer bytes, int from, int to) {
        try {
            listener.accept(bytes, from, to);
        } catch (Throwable thrown) {
            callbacks.raise(thrown);
        }
    }

    private void call(Consumer<? super ByteBuffer> listener, ByteBuffer view) {
        try {
            listener.accept(view);
        } catch (Throwable thrown) {
            callbacks.raise(thrown);
        }
    }

    void callEnd() {
        try {
            Listeners.run(end);
        } catch (Throwable thrown) {
            callbacks.raise(thrown);
        }
    }
}
