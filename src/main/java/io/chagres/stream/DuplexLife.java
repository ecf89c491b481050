package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * What a {@link Duplex} is apart from its two sides: its loop, its listeners for the error and the close, and how it comes to
 * its end. Order of events as in Node's lib/internal/streams/destroy.js.
 */
abstract sealed class DuplexLife permits DuplexReading {

    /** How far the end has come. */
    private enum Life {
        OPEN,
        DESTROYED,
        GIVEN_UP,
        CLOSED
    }

    private final LoopCore core;
    DuplexOptions options;
    ReadableState reading;
    WritableState writing;
    private Life life = Life.OPEN;
    private ChagresException errored;
    private boolean errorEmitted;
    /** Null unless a construct step is pending. */
    private Construction construction;

    private Listeners<Consumer<? super ChagresException>> errorListeners;
    private Listeners<CloseListener> closeListeners;

    DuplexLife(Loop loop, DuplexOptions options) {
        core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
        core.checkThread();
        this.options = UsageException.requireArgument(options, "options");
        reading = new ReadableState((Duplex) this, options);
        writing = new WritableState((Duplex) this, options);
    }

    /** The loop that it lives on. */
    public final Loop loop() {
        return core.loop();
    }

    /** Runs {@code tick} right after the current callback. */
    protected final void tick(Runnable tick) {
        core.tick(tick);
    }

    /** Begins a call: throws off the loop thread. */
    protected final void checkThread() {
        core.checkThread();
    }

    final LoopCore core() {
        return core;
    }

    // ---- listeners

    /** {@code list} with {@code listener} at its end. */
    final <L> Listeners<L> with(Listeners<L> list, L listener) {
        checkThread();
        return Listeners.add(list, UsageException.requireArgument(listener, "listener"));
    }

    /** {@code list} without {@code listener}. */
    final <L> Listeners<L> without(Listeners<L> list, L listener) {
        checkThread();
        return Listeners.remove(list, UsageException.requireArgument(listener, "listener"));
    }

    /** Adds a listener for the error of the stream: at most one, on a tick, before the close. */
    public Duplex onError(Consumer<? super ChagresException> listener) {
        errorListeners = with(errorListeners, listener);
        return (Duplex) this;
    }

    /** Takes a listener for the error off again. */
    public Duplex offError(Consumer<? super ChagresException> listener) {
        errorListeners = without(errorListeners, listener);
        return (Duplex) this;
    }

    /** Adds a listener for the close, the last event; it is told whether an error was the cause. */
    public Duplex onClose(CloseListener listener) {
        closeListeners = with(closeListeners, listener);
        return (Duplex) this;
    }

    /** Takes a listener for the close off again. */
    public Duplex offClose(CloseListener listener) {
        closeListeners = without(closeListeners, listener);
        return (Duplex) this;
    }

    /** Returns whether there is a listener for the close. */
    protected final boolean hasCloseListeners() {
        return closeListeners != null;
    }

    /** One callback must not cost another its own: what it throws goes to the loop's uncaught handler. */
    final void tell(Completion callback, ChagresException error) {
        if (callback != null) {
            try {
                callback.onComplete(error);
            } catch (Throwable thrown) {
                raise(thrown);
            }
        }
    }

    /** Tells {@code listeners}; what one of them throws goes to the loop's uncaught handler and keeps nobody from going on. */
    protected final void tell(Listeners<Runnable> listeners) {
        try {
            Listeners.run(listeners);
        } catch (Throwable thrown) {
            raise(thrown);
        }
    }

    /** A listener has thrown. */
    final void raise(Throwable thrown) {
        core.callbacks().raise(thrown);
    }

    // ---- constructing

    /**
     * Holds the stream back until {@code step} has completed: Node's {@code _construct}, for a stream that opens a file or shakes
     * hands first. A constructor of the subclass calls it.
     *
     * <p>The step runs on the next tick and calls its completion once, then or later. Until then the stream takes calls as usual
     * but calls neither {@code doRead}, {@code doWrite} and {@code doFinal} nor {@code doDestroy}: writes are buffered and count
     * for back-pressure, {@code end} waits, and a stream that is destroyed closes after the step.
     *
     * <p>An error of the step, thrown or given to its completion, is an error of the stream. A second completion is the error
     * ERR_MULTIPLE_CALLBACK.
     *
     * <pre>{@code
     * FileStream(Loop loop, Path path) {
     *     super(loop, DuplexOptions.defaults().writable(false));
     *     constructWith(done -> open(path, done));
     * }
     * }</pre>
     *
     * @param step gets the completion to call: with null, or with the error
     * @throws UsageException ERR_INVALID_STATE if a step is pending already, or the stream is destroyed
     * @see <a href="https://nodejs.org/api/stream.html#writable_constructcallback">writable._construct</a>
     */
    protected final void constructWith(Consumer<? super Completion> step) {
        checkThread();
        if (construction != null || life != Life.OPEN) {
            throw new UsageException(
                    "ERR_INVALID_STATE",
                    construction != null ? "A construct step is pending already" : "The stream is destroyed");
        }
        construction = new Construction((Duplex) this, step);
        construction.begin();
    }

    final boolean isConstructing() {
        return construction != null;
    }

    /** The construct step has completed. */
    final void constructed(ChagresException error) {
        Construction completed = construction;
        construction = null;
        if (life != Life.OPEN) {
            giveUp(completed.destructionError(error), this::givenUp);
        } else if (error != null) {
            errorOrDestroy(error);
        } else {
            reading.constructed();
            writing.constructed();
        }
    }

    /**
     * Adds what {@link #toString} says besides kind and state, such as an address. It may run on any thread, so it must not
     * throw, must change nothing and must ask the kernel only on the loop thread.
     */
    protected void describe(StringJoiner text) {}

    /**
     * Returns kind, state and details, as in "Socket (open, paused, 12 bytes to read)". Any thread may call it. From another
     * thread than the loop's the answer may be a moment old.
     */
    @Override
    public String toString() {
        String name = getClass().getTypeName();
        StringJoiner text = new StringJoiner(", ", name.substring(name.lastIndexOf('.') + 1) + " (", ")");
        text.add(life == Life.OPEN ? openDirections() : life == Life.CLOSED ? "closed" : "destroyed");
        if (reading.isPaused()) {
            text.add("paused");
        }
        if (reading.length() > 0) {
            text.add(reading.length() + " bytes to read");
        }
        if (writing.length() > 0) {
            text.add(writing.length() + " bytes to write");
        }
        describe(text);
        return text.toString();
    }

    private String openDirections() {
        if (reading.isEndEmitted()) {
            return writing.isEnded() ? "ended" : "write only";
        }
        return writing.isEnded() ? "read only" : "open";
    }

    // ---- destroying

    /** Gives up what it holds; {@code done} is told {@code error}, or another one that happened meanwhile. */
    protected void doDestroy(ChagresException error, Completion done) {
        done.onComplete(error);
    }

    /** As {@link #destroy(ChagresException)}, without an error. */
    public Duplex destroy() {
        return destroy(null);
    }

    /** Ends it, with {@code error} or null: nothing but that error and the close comes any more. Again, has no effect. */
    public Duplex destroy(ChagresException error) {
        checkThread();
        if (life == Life.OPEN) {
            Completion done = this::givenUp; // no step behind this one may fail for want of memory
            life = Life.DESTROYED;
            failed(error);
            writing.cancelSoon();
            if (construction != null) {
                construction.destroyedWith(error);
            } else {
                giveUp(error, done);
            }
        }
        return (Duplex) this;
    }

    private void giveUp(ChagresException error, Completion done) {
        if (!core.nesting().hasRoom()) {
            tick(() -> giveUp(error, done));
            return;
        }
        core.nesting().enter();
        try {
            doDestroy(error, done);
        } catch (Throwable thrown) {
            givenUp(asError(thrown));
        } finally {
            core.nesting().leave();
        }
    }

    /**
     * Something has failed: destroys the stream, or, without autoDestroy, emits the error alone. The stream does nothing more then,
     * and the user destroys it.
     */
    final void errorOrDestroy(ChagresException error) {
        if (options.autoDestroy()) {
            destroy(error);
        } else if (life == Life.OPEN) {
            failed(error);
            tick(() -> emitError(error));
        }
    }

    private void givenUp(ChagresException error) {
        if (life != Life.DESTROYED) {
            return;
        }
        life = Life.GIVEN_UP;
        failed(error);
        if (error != null || options.emitClose()) {
            tickOrNow(error);
        }
    }

    private void tickOrNow(ChagresException error) {
        try {
            tick(() -> emitEnd(error));
        } catch (Error noMemory) {
            emitEnd(error); // too soon is better than never
        }
    }

    private void emitEnd(ChagresException error) {
        if (error != null) {
            emitError(error);
        }
        if (options.emitClose()) {
            emitClose(error != null);
        }
    }

    /** Once. As with Node's emitter, the listeners after one that throws are not called. */
    private void emitError(ChagresException error) {
        if (errorEmitted) {
            return;
        }
        errorEmitted = true;
        writing.endFeeds();
        if (errorListeners == null) {
            core.callbacks().raiseUnheard(error, this);
        }
        try {
            for (var at = errorListeners; at != null; at = at.next()) {
                at.listener().accept(error);
            }
        } catch (Throwable thrown) {
            raise(thrown);
        }
    }

    /** Tells the close, once, for a stream whose options say that it does so itself. */
    protected final void emitClose(boolean hadError) {
        if (life == Life.CLOSED) {
            return;
        }
        life = Life.CLOSED;
        reading.clear();
        writing.clear();
        for (var at = closeListeners; at != null; at = at.next()) {
            at.listener().onClose(hadError);
        }
    }

    /**
     * Opens a stream whose close event has come again, with {@code options}. Its listeners stay, and so does the last call of
     * {@link Duplex#pause()} or {@link Duplex#resume()}; everything else is as in a stream that was just made. Its pipes end, and a
     * completion of the earlier life that comes late has no effect.
     */
    protected final void reopen(DuplexOptions options) {
        this.options = UsageException.requireArgument(options, "options");
        life = Life.OPEN;
        errored = null;
        errorEmitted = false;
        construction = null;
        writing = new WritableState(writing);
        reading = new ReadableState(reading);
        reading.reopened();
    }

    /** As {@link #reopen(DuplexOptions)}, with the options that it has. */
    protected final void reopen() {
        reopen(options);
    }

    /** The options that it was made, or {@linkplain #reopen opened again}, with. */
    protected final DuplexOptions options() {
        return options;
    }

    // ---- errors

    /** Takes note of the first error. */
    final void failed(ChagresException error) {
        if (errored == null) {
            errored = error;
        }
    }

    /** Whether it has failed or was destroyed: nothing begins any more. */
    final boolean isOver() {
        return life != Life.OPEN || errored != null;
    }

    /** Whether its error was emitted. */
    final boolean isErrorEmitted() {
        return errorEmitted;
    }

    /** As {@link #isDestroyed()}, for those who are on the loop thread anyway. */
    final boolean destroyed() {
        return life != Life.OPEN;
    }

    /** Why {@code call} can't be carried out: the error that ended the stream, or that it is destroyed. */
    final ChagresException errorOr(String call) {
        return errored != null ? errored : WritableState.destroyedError(call);
    }

    /** What a method of a subclass has thrown, for those who listen. */
    static ChagresException asError(Throwable thrown) {
        return ChagresException.of(thrown);
    }

    /** Whether it was destroyed, by {@link #destroy()}, by an error, or because both sides were over. */
    public final boolean isDestroyed() {
        checkThread();
        return life != Life.OPEN;
    }

    /** Whether the close has come. */
    public final boolean isClosed() {
        checkThread();
        return life == Life.CLOSED;
    }

    /** The error that destroyed it, or, without autoDestroy, that it failed with; else null. */
    public final ChagresException errored() {
        checkThread();
        return errored;
    }
}
