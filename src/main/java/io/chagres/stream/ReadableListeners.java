package io.chagres.stream;

import io.chagres.loop.internal.Borrower;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.PartListener;
import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of the reading side of a {@link Duplex}. {@link ReadableState} extends it instead of having it as a field, which would
 * cost 24 bytes a connection.
 */
class ReadableListeners {

    /** The listeners that few streams have. */
    private static final class Rare {
        private @Nullable Listeners<Runnable> readable;
        private @Nullable Listeners<Runnable> pause;
        private @Nullable Listeners<Runnable> resume;
    }

    final Duplex stream;
    private @Nullable Listeners<Consumer<? super ByteBuffer>> data;
    private @Nullable Listeners<Runnable> end;
    private @Nullable Rare rare;
    private boolean owes;
    private boolean didRead;

    ReadableListeners(Duplex stream) {
        this.stream = stream;
    }

    /** The listeners of {@code earlier}, whose stream is opened again. Its pipes have ended. */
    ReadableListeners(ReadableListeners earlier) {
        stream = earlier.stream;
        data = earlier.data;
        end = earlier.end;
        rare = earlier.rare;
        for (var at = earlier.data; at != null; at = at.next()) {
            if (at.listener() instanceof Borrower borrower && !borrower.isKeptOnReopen()) {
                data = Listeners.remove(data, at.listener());
            }
        }
        for (var at = earlier.end; at != null; at = at.next()) {
            if (at.listener() instanceof Piping) {
                end = Listeners.remove(end, at.listener());
            }
        }
    }

    /** Returns whether nothing is handed on any more: the stream has failed or was destroyed, or was opened again since. */
    final boolean isOver() {
        return stream.life.isOver() || isPast();
    }

    /** Returns whether this belongs to an earlier life of the stream. */
    final boolean isPast() {
        return stream.reading != this;
    }

    private Rare rare() {
        if (rare == null) {
            rare = new Rare();
        }
        return rare;
    }

    // ---- data

    void onData(Consumer<? super ByteBuffer> listener) {
        data = Listeners.add(data, listener);
    }

    final void offData(Consumer<? super ByteBuffer> listener) {
        data = Listeners.remove(data, listener);
    }

    /** Returns the last {@link TextListener} that decodes for {@code listener}, or null. */
    final @Nullable TextListener textListener(Consumer<String> listener) {
        TextListener found = null;
        for (var at = data; at != null; at = at.next()) {
            found = at.listener() instanceof TextListener text && text.decodesFor(listener) ? text : found;
        }
        return found;
    }

    final @Nullable Listeners<Consumer<? super ByteBuffer>> dataListeners() {
        return data;
    }

    final boolean hasDataListeners() {
        return data != null;
    }

    /** Returns whether there are data listeners, and all of them only borrow a chunk. */
    final boolean allBorrow() {
        for (var at = data; at != null; at = at.next()) {
            if (!borrows(at.listener())) {
                return false;
            }
        }
        return data != null;
    }

    /** Returns whether an answer may be due: a chunk was handed out after the last write, or a listener has a part of a message. */
    final boolean owes() {
        for (var at = data; at != null; at = at.next()) {
            if (at.listener() instanceof PartListener listener && listener.hasPart()) {
                return true;
            }
        }
        return owes;
    }

    /** Returns whether a chunk was ever handed out. */
    final boolean didRead() {
        return didRead;
    }

    final void answered() {
        owes = false;
    }

    private static boolean borrows(Consumer<? super ByteBuffer> listener) {
        return listener instanceof Borrower borrower && borrower.borrows();
    }

    /** Calls the data listeners. The last one, usually the only one, gets {@code chunk} itself; each before it that may keep it, a view. */
    final void callData(ByteBuffer chunk) {
        owes = true;
        didRead = true;
        stream.core.nesting().enter();
        try {
            for (var at = data; at != null; at = at.next()) {
                at.listener().accept(at.next() == null || borrows(at.listener()) ? chunk : Buffers.view(chunk));
            }
        } catch (Throwable thrown) {
            stream.raise(thrown);
        } finally {
            stream.core.nesting().leave();
        }
    }

    // ---- readable, pause, resume

    void onReadable(Runnable listener) {
        rare().readable = Listeners.add(rare().readable, listener);
    }

    void offReadable(Runnable listener) {
        rare().readable = Listeners.remove(rare().readable, listener);
    }

    final boolean hasReadableListeners() {
        return rare != null && rare.readable != null;
    }

    final void callReadable() {
        if (rare != null) {
            stream.emit(rare.readable);
        }
    }

    final void onPause(Runnable listener) {
        rare().pause = Listeners.add(rare().pause, listener);
    }

    final void offPause(Runnable listener) {
        rare().pause = Listeners.remove(rare().pause, listener);
    }

    final void callPause() {
        if (rare != null) {
            stream.emit(rare.pause);
        }
    }

    final void onResume(Runnable listener) {
        rare().resume = Listeners.add(rare().resume, listener);
    }

    final void offResume(Runnable listener) {
        rare().resume = Listeners.remove(rare().resume, listener);
    }

    final void callResume() {
        if (rare != null) {
            stream.emit(rare.resume);
        }
    }

    // ---- the end

    final void onEnd(Runnable listener) {
        end = Listeners.add(end, listener);
    }

    final void offEnd(Runnable listener) {
        end = Listeners.remove(end, listener);
    }

    /** Adds a listener before those that are there. */
    final void beforeEnd(Runnable listener) {
        end = Listeners.addFirst(end, listener);
    }

    final void callEnd() {
        stream.emit(end);
    }
}
