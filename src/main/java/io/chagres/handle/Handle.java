package io.chagres.handle;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Resident;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * Something that lives on a loop and calls back as long as it is active: uv_handle_t.
 *
 * <p>A handle is <em>active</em> while it may call back (a started timer, a listening server), and <em>referenced</em>
 * unless {@link #unref()} said otherwise; a loop runs as long as one handle is both. {@link #close()} ends it: at once
 * nothing of it is active any more, and its close callback, the last one it makes, comes from the closing phase.
 *
 * <p>A handle belongs to the thread of its loop; calls from others throw {@link WrongThreadException}.
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
    /** Null, or what runs when it is closed: a callback, or a {@link CloseListeners} of several. */
    private Runnable closeListener;

    /**
     * Puts a new handle on {@code loop}: inactive, referenced.
     *
     * @throws UsageException ERR_LOOP_CLOSED
     */
    protected Handle(Loop loop) {
        super(LoopCore.of(UsageException.requireArgument(loop, "loop")));
        core().checkThread();
        core().residents().add(this);
    }

    /** Calls {@code visitor} with each handle of {@code loop}, inactive and closing ones too; it may close any of them. */
    public static void walk(Loop loop, Consumer<? super Handle> visitor) {
        LoopCore.of(loop).checkThread();
        LoopCore.of(loop).residents().visit(resident -> {
            if (resident instanceof Handle handle) {
                visitor.accept(handle);
            }
        });
    }

    /** The loop that it lives on; any thread. */
    public final Loop loop() {
        return core().loop();
    }

    /** Whether it may call back: started and not closing. */
    public final boolean isActive() {
        core().checkThread();
        return active;
    }

    /** Whether {@link #close()} was called, also when it is closed by now. */
    public final boolean isClosing() {
        core().checkThread();
        return state != State.OPEN;
    }

    /** Whether its close callback has come. */
    public final boolean isClosed() {
        core().checkThread();
        return state == State.CLOSED;
    }

    /** Whether the loop waits for it while it is active; true from the start, and false once it is closed. */
    public final boolean hasRef() {
        core().checkThread();
        return referenced && state != State.CLOSED;
    }

    /** Makes the loop wait for it while it is active. If it does already, this is a no-op. */
    public final void ref() {
        core().checkThread();
        setReferenced(true);
    }

    /** Makes the loop not wait for it: it goes on calling back while the loop runs for other reasons. Idempotent. */
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

    /** Ends it, without a callback of its own. On a handle that is closing already, this is a no-op. */
    @Override
    public final void close() {
        core().checkThread();
        if (state == State.OPEN) {
            beginClose(null);
        }
    }

    /**
     * Ends it; {@code callback} comes last of all its callbacks, from the closing phase. Pending requests have completed
     * with ECANCELED before that.
     *
     * @throws UsageException EINVAL on a handle that is closing already
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
     * Removes a listener that {@link #onClose} added; if it was added more than once, the last registration. A handle that is closing does
     * not call the listener either, unless its close listeners are running. A listener that is not there is ignored.
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

    private void beginClose(Runnable callback) {
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

    /** The mechanisms of its loop. */
    final LoopCore core() {
        return LoopCore.of(this);
    }

    /** Begins a call: throws off the loop thread, and EINVAL, naming the handle and {@code call}, if it is closing. */
    protected final void requireOpen(String call) {
        core().checkThread();
        if (state != State.OPEN) {
            throw new UsageException("EINVAL", call + " on a closed handle: " + this);
        }
    }

    /** From now on it may call back, and holds the loop alive if it is referenced. Idempotent. */
    protected final void activate() {
        if (!active) {
            active = true;
            if (referenced) {
                core().keepAlive();
            }
        }
    }

    /** The opposite of {@link #activate()}; idempotent. */
    protected final void deactivate() {
        if (active) {
            active = false;
            if (referenced) {
                core().letGo();
            }
        }
    }

    /** Gives up at once what it has: entries, watchers, descriptors. Called once, when it begins to close. */
    protected abstract void release();

    /** Completes with ECANCELED what is still under way; from the closing phase, before the close callback. */
    protected void cancelRequests() {}

    /**
     * Adds what {@link #toString} says besides kind and state: a descriptor, an address, a time. It may run on any thread, so it
     * must not throw, must change nothing and must ask the kernel only on the loop thread.
     */
    protected void describe(StringJoiner text) {}

    /**
     * Returns kind, state and details, as in "Timer (active, unreferenced, due in 5 ms)". {@link Loop#closeStrictly()} names a
     * handle by it. Any thread may call it. From another thread than the loop's the answer may be a moment old.
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
