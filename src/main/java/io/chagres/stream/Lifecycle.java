package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.loop.internal.Listeners;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of a {@link Duplex} from its construct step to the close event. A stream that is opened again has a new lifecycle, so that
 * a completion of the earlier life that comes late has no effect.
 *
 * <pre>
 *   OPEN  --destroy-->  DESTROYED  --doDestroy completes-->  GIVEN_UP  --tick: error, close-->  CLOSED
 * </pre>
 *
 * The order of events is that of Node's lib/internal/streams/destroy.js.
 */
final class Lifecycle {

    private enum State {
        OPEN,
        DESTROYED,
        GIVEN_UP,
        CLOSED
    }

    private final Duplex stream;
    private State state = State.OPEN;
    private @Nullable ChagresException errored;
    private boolean errorEmitted;
    /** Null unless a construct step is pending. */
    private @Nullable Construction construction;

    private @Nullable Listeners<Consumer<? super ChagresException>> errorListeners;
    private @Nullable Listeners<CloseListener> closeListeners;

    Lifecycle(Duplex stream) {
        this.stream = stream;
    }

    /** The next life of the same stream, with the listeners of {@code earlier}. */
    Lifecycle(Lifecycle earlier) {
        stream = earlier.stream;
        errorListeners = earlier.errorListeners;
        closeListeners = earlier.closeListeners;
    }

    // ---- listeners

    void onError(Consumer<? super ChagresException> listener) {
        errorListeners = Listeners.add(errorListeners, listener);
    }

    void offError(Consumer<? super ChagresException> listener) {
        errorListeners = Listeners.remove(errorListeners, listener);
    }

    void onClose(CloseListener listener) {
        closeListeners = Listeners.add(closeListeners, listener);
    }

    void offClose(CloseListener listener) {
        closeListeners = Listeners.remove(closeListeners, listener);
    }

    boolean hasCloseListeners() {
        return closeListeners != null;
    }

    // ---- the construct step

    void constructWith(Consumer<? super Completion> step) {
        if (construction != null || state != State.OPEN) {
            throw new UsageException(
                    "ERR_INVALID_STATE",
                    construction != null ? "A construct step is pending already" : "The stream is destroyed");
        }
        construction = new Construction(stream, this, step);
        construction.begin();
    }

    boolean isConstructing() {
        return construction != null;
    }

    /** Called when the construct step has completed. */
    void constructed(Construction completed, @Nullable ChagresException error) {
        construction = null;
        if (state != State.OPEN) {
            giveUp(completed.destructionError(error), this::givenUp);
        } else if (error != null) {
            errorOrDestroy(error);
        } else {
            stream.reading.constructed();
            stream.writing.constructed();
        }
    }

    // ---- both sides

    /** Called after the end event: a stream that may not stay half open ends its writing side a tick later. */
    void readingEnded() {
        if (stream.isWritable() && !stream.options().allowHalfOpen()) {
            stream.tick(() -> {
                if (stream.isWritable()) {
                    stream.end();
                }
            });
        } else if (stream.writing.isFinished() && stream.options().autoDestroy()) {
            stream.destroy();
        }
    }

    /** Called after the finish event. */
    void writingFinished() {
        if (stream.reading.isEndEmitted() && stream.options().autoDestroy()) {
            stream.destroy();
        }
    }

    // ---- destroying

    /** Destroys the stream, with {@code error} or null. A stream that is destroyed already is left as it is. */
    void destroy(@Nullable ChagresException error) {
        if (state != State.OPEN) {
            return;
        }
        Completion done = this::givenUp; // allocated first: no later step may fail for lack of memory
        state = State.DESTROYED;
        failed(error);
        stream.writing.cancelSoon();
        if (construction != null) {
            construction.destroyedWith(error);
        } else {
            giveUp(error, done);
        }
    }

    private void giveUp(@Nullable ChagresException error, Completion done) {
        if (!stream.core.nesting().hasRoom()) {
            stream.tick(() -> giveUp(error, done));
            return;
        }
        stream.core.nesting().enter();
        try {
            stream.doDestroy(error, done);
        } catch (Throwable thrown) {
            givenUp(ChagresException.of(thrown));
        } finally {
            stream.core.nesting().leave();
        }
    }

    /**
     * Destroys the stream with {@code error}, or, without autoDestroy, emits the error alone. The stream then does nothing more, and
     * its user destroys it.
     */
    void errorOrDestroy(ChagresException error) {
        if (stream.options().autoDestroy()) {
            destroy(error);
        } else if (state == State.OPEN) {
            failed(error);
            stream.tick(() -> emitError(error));
        }
    }

    /** Fails the stream with a new error; returns false. */
    boolean fail(String code, String message) {
        errorOrDestroy(new ChagresException(code, message));
        return false;
    }

    private void givenUp(@Nullable ChagresException error) {
        if (state != State.DESTROYED) {
            return;
        }
        state = State.GIVEN_UP;
        failed(error);
        if (error != null || stream.options().emitClose()) {
            emitEndSoon(error);
        }
    }

    private void emitEndSoon(@Nullable ChagresException error) {
        try {
            stream.tick(() -> emitEnd(error));
        } catch (Error noMemory) {
            emitEnd(error); // too soon is better than never
        }
    }

    private void emitEnd(@Nullable ChagresException error) {
        if (error != null) {
            emitError(error);
        }
        if (stream.options().emitClose()) {
            emitClose(error != null);
        }
    }

    /** Emits the error once. As with Node's emitter, the listeners after one that throws are not called. */
    private void emitError(ChagresException error) {
        if (errorEmitted) {
            return;
        }
        errorEmitted = true;
        stream.writing.endFeeds();
        if (errorListeners == null) {
            stream.core.callbacks().raiseUnheard(error, stream);
        }
        try {
            for (var at = errorListeners; at != null; at = at.next()) {
                at.listener().accept(error);
            }
        } catch (Throwable thrown) {
            stream.raise(thrown);
        }
    }

    /** Emits the close once. */
    void emitClose(boolean hadError) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        stream.reading.clear();
        stream.writing.endFeeds();
        for (var at = closeListeners; at != null; at = at.next()) {
            at.listener().onClose(hadError);
        }
    }

    // ---- questions

    /** Records an error; the first one counts. */
    void failed(@Nullable ChagresException error) {
        if (errored == null) {
            errored = error;
        }
    }

    /** Returns whether it has failed or was destroyed: nothing new begins. */
    boolean isOver() {
        return state != State.OPEN || errored != null;
    }

    boolean isDestroyed() {
        return state != State.OPEN;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    boolean isErrorEmitted() {
        return errorEmitted;
    }

    @Nullable
    ChagresException errored() {
        return errored;
    }

    /** Returns why {@code call} can't be carried out: the error that ended the stream, or that it is destroyed. */
    ChagresException errorOr(String call) {
        return errored != null ? errored : destroyedError(call);
    }

    static ChagresException destroyedError(String call) {
        return new ChagresException("ERR_STREAM_DESTROYED", "Cannot call " + call + " after a stream was destroyed");
    }

    static ChagresException calledTwice() {
        return new ChagresException("ERR_MULTIPLE_CALLBACK", "Callback called multiple times");
    }

    /** Returns the state in one or two words, as in "open", "read only" and "closed"; any thread. */
    @Override
    public String toString() {
        if (state != State.OPEN) {
            return state == State.CLOSED ? "closed" : "destroyed";
        }
        boolean ended = stream.writing.isEnded();
        return stream.reading.isEndEmitted() ? (ended ? "ended" : "write only") : (ended ? "read only" : "open");
    }
}
