package io.chagres.handle;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Callee;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Resident;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An object that lives on a loop and calls back while it is active: uv_handle_t.
 *
 * <p>A handle is <em>active</em> while it may call back: a timer that is started, a server that listens. It is <em>referenced</em> unless
 * {@link #unref()} was called. A loop runs as long as one handle is both.
 *
 * <p>{@link #close()} ends a handle. It is inactive at once. Its close callback runs in the closing phase and is its last. A handle that
 * is not closed is kept by its loop, until {@link Loop#close()} closes it.
 *
 * <p>A handle belongs to the thread of its loop. A call on another thread throws {@link WrongThreadException}, unless the description of
 * the method says "any thread". {@link Async#send()} and {@link Loop#execute} are the ways into the loop.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/handle.html">uv_handle_t</a>
 */
public abstract class Handle extends Resident {

    private enum State {
        OPEN,
        CLOSING,
        CLOSED
    }

    private State state = State.OPEN;
    private boolean active;
    private boolean referenced = true;
    /** Null, one listener, or the {@link CloseListeners} of several: one field, because most handles have at most one. */
    private @Nullable Runnable closeListener;

    /**
     * Puts a new handle on {@code loop}: inactive, referenced.
     *
     * @throws UsageException EINVAL if the loop is null; ERR_LOOP_CLOSED
     */
    protected Handle(Loop loop) {
        super(LoopCore.of(UsageException.requireArgument(loop, "loop")));
        core().checkThread();
        core().residents().add(this);
    }

    /**
     * Calls {@code visitor} with each handle of {@code loop}, the oldest first, also with those that are inactive or closing: uv_walk.
     * The visitor may close any of them, and is not called with handles that it makes.
     */
    public static void walk(Loop loop, Consumer<? super Handle> visitor) {
        LoopCore.of(loop).checkThread();
        LoopCore.of(loop).residents().visit(resident -> {
            if (resident instanceof Handle handle) {
                visitor.accept(handle);
            }
        });
    }

    /** Returns the loop of this handle; any thread. */
    public final Loop loop() {
        return (Loop) core().loop();
    }

    /** Returns whether this handle may call back: it is started and not closing. */
    public final boolean isActive() {
        core().checkThread();
        return active;
    }

    /** Returns whether this handle was closed, also if its close callback has run since. */
    public final boolean isClosing() {
        core().checkThread();
        return state != State.OPEN;
    }

    /** Returns whether this handle is closed: its close callback runs now or has run. */
    public final boolean isClosed() {
        core().checkThread();
        return state == State.CLOSED;
    }

    /** Returns whether this handle keeps the loop alive while it is active: true by default, and false once it is closed. */
    public final boolean hasRef() {
        core().checkThread();
        return referenced && state != State.CLOSED;
    }

    /** Makes this handle keep the loop alive while it is active, which is the default. Calling it again is a no-op. */
    public final void ref() {
        core().checkThread();
        setReferenced(true);
    }

    /**
     * Makes this handle keep the loop alive no longer. It calls back as before while the loop runs for other reasons. Calling it again
     * is a no-op.
     */
    public final void unref() {
        core().checkThread();
        setReferenced(false);
    }

    private void setReferenced(boolean wanted) {
        if (referenced != wanted && active) {
            count(wanted);
        }
        referenced = wanted;
    }

    private void count(boolean holding) {
        if (holding) {
            core().keepAlive();
        } else {
            core().letGo();
        }
    }

    /**
     * Ends this handle without a callback for this call. Listeners of {@link #onClose} are called. On a handle that is closing already,
     * this is a no-op.
     */
    @Override
    public final void close() {
        core().checkThread();
        if (state == State.OPEN) {
            beginClose(null);
        }
    }

    /**
     * Ends this handle. {@code callback} is its last callback, in the closing phase. Pending requests complete with ECANCELED before
     * that. Handles that are closed in one iteration call back in reverse order.
     *
     * @throws UsageException EINVAL if the callback is null, or the handle is closing already
     * @see <a href="https://docs.libuv.org/en/v1.x/handle.html#c.uv_close">uv_close</a>
     */
    public final void close(Runnable callback) {
        core().checkThread();
        requireOpen("close");
        beginClose(UsageException.requireArgument(callback, "callback"));
    }

    /**
     * Adds a listener for the close of this handle, by {@link #close()} or by the {@linkplain Loop#close() close of its loop}.
     *
     * <p>Listeners run in the closing phase, in order of registration, each once. The callback of {@link #close(Runnable)} runs last.
     *
     * @throws UsageException EINVAL if the listener is null, or the handle is closing already
     */
    public final void onClose(Runnable listener) {
        requireOpen("onClose");
        addCloseListener(UsageException.requireArgument(listener, "listener"));
    }

    /**
     * Removes a listener that {@link #onClose} added. If it was added more than once, the last registration is removed. On a handle that
     * is closing, this works until the first close listener runs. A listener that was not added is ignored.
     */
    public final void offClose(Runnable listener) {
        core().checkThread();
        if (closeListener instanceof CloseListeners several) {
            several.remove(listener);
        } else if (closeListener != null && closeListener.equals(listener)) {
            closeListener = null;
        }
    }

    private void addCloseListener(Runnable listener) {
        if (closeListener == null) {
            closeListener = listener;
        } else if (closeListener instanceof CloseListeners several) {
            several.add(listener);
        } else {
            closeListener = new CloseListeners(core(), closeListener, listener);
        }
    }

    private void beginClose(@Nullable Runnable callback) {
        if (callback != null) {
            addCloseListener(callback);
        }
        state = State.CLOSING;
        try {
            release();
        } finally {
            deactivate();
            core().phases().closing.add(this);
        }
    }

    @Override
    protected final void finishClose() {
        state = State.CLOSED;
        try {
            cancelRequests();
        } catch (Throwable thrown) {
            core().callbacks().raise(thrown);
        }
        core().residents().remove(this);
        Runnable listener = closeListener;
        closeListener = null;
        if (listener != null) {
            listener.run();
        }
    }

    // ---- for subclasses

    /** Returns the mechanisms of the loop. */
    final LoopCore core() {
        return LoopCore.of(this);
    }

    /**
     * Checks that a method may be called: on the loop thread, on a handle that is open.
     *
     * @param call the name of the method, for the message
     * @throws UsageException EINVAL if this handle is closing; the message names {@code call} and the handle
     */
    protected final void requireOpen(String call) {
        core().checkThread();
        if (state != State.OPEN) {
            throw new UsageException("EINVAL", call + " on a closed handle: " + this);
        }
    }

    /** Makes this handle active: it may call back, and keeps the loop alive if it is referenced. Calling it again is a no-op. */
    protected final void activate() {
        if (!active) {
            active = true;
            if (referenced) {
                core().keepAlive();
            }
        }
    }

    /** Makes this handle inactive, the opposite of {@link #activate()}. Calling it again is a no-op. */
    protected final void deactivate() {
        if (active) {
            active = false;
            if (referenced) {
                core().letGo();
            }
        }
    }

    /** Gives up at once what this handle owns: entries, watchers, descriptors. Called once, when the handle begins to close. */
    protected abstract void release();

    /** Completes the pending requests with ECANCELED. Called in the closing phase, before the close callback. */
    protected void cancelRequests() {}

    /**
     * Adds details to the text of {@link #toString}: a descriptor, an address, a time. This may run on any thread. So it must not throw
     * and must change nothing. It must make system calls on the loop thread only.
     */
    protected void describe(StringJoiner text) {}

    @Override
    protected boolean holdsLoop() {
        return active && referenced;
    }

    /**
     * Adds details to the text of {@link Loop#dump()}: what this handle waits for, and the callback. The rules are those of {@link
     * #describe}.
     */
    @Override
    protected void explain(StringJoiner details) {
        Runnable listener = closeListener;
        if (listener != null && Callee.hasText(listener)) {
            details.add("of " + Callee.nameOf(listener));
        }
    }

    /**
     * Returns kind, state and details, as in {@code Timer (active, unreferenced, due in 5 ms)}. {@link Loop#closeStrictly()} names a
     * handle by this text. Any thread may call it. From another thread than the loop's the answer may be a moment old.
     */
    @Override
    public String toString() {
        String name = getClass().getTypeName();
        StringJoiner text = new StringJoiner(", ", name.substring(name.lastIndexOf('.') + 1) + " (", ")");
        text.add(
                state == State.OPEN
                        ? (active ? "active" : "inactive")
                        : state.name().toLowerCase(Locale.ROOT));
        if (!referenced) {
            text.add("unreferenced");
        }
        describe(text);
        return text.toString();
    }
}
