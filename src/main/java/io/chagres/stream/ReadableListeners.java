package io.chagres.stream;

import io.chagres.sys.Buffers;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Who listens to the reading side of a {@link Duplex}. What few listen to has no place of its own until somebody does. */
abstract class ReadableListeners {

    private static final class Rare {
        private Listeners<Runnable> readable;
        private Listeners<Runnable> pause;
        private Listeners<Runnable> resume;
    }

    final Duplex stream;
    private Listeners<Consumer<? super ByteBuffer>> data;
    private Listeners<Runnable> end;
    private Rare rare;
    private boolean owes;

    ReadableListeners(Duplex stream) {
        this.stream = stream;
    }

    /** The listeners of {@code earlier}, whose stream is opened again; its pipes have come to their end. */
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

    /** Whether nothing comes out of here any more: the stream has come to its end, or has been opened again since. */
    final boolean isOver() {
        return stream.isOver() || isPast();
    }

    /** Whether this belongs to an earlier life of the stream. */
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
        data = stream.with(data, listener);
    }

    void offData(Consumer<? super ByteBuffer> listener) {
        data = stream.without(data, listener);
    }

    /** What decodes for {@code listener}, of two the later; null if nothing does. */
    final TextListener textListener(Consumer<String> listener) {
        TextListener found = null;
        for (var at = data; at != null; at = at.next()) {
            found = at.listener() instanceof TextListener text && text.decodesFor(listener) ? text : found;
        }
        return found;
    }

    final Listeners<Consumer<? super ByteBuffer>> dataListeners() {
        return data;
    }

    boolean hasDataListeners() {
        return data != null;
    }

    /** Whether all who listen for data only borrow it; false where nobody does. */
    boolean allBorrow() {
        for (var at = data; at != null; at = at.next()) {
            if (!borrows(at.listener())) {
                return false;
            }
        }
        return data != null;
    }

    /** Whether a chunk was handed out after the last write: an answer may be due. */
    final boolean owes() {
        return owes;
    }

    final void answered() {
        owes = false;
    }

    private static boolean borrows(Consumer<? super ByteBuffer> listener) {
        return listener instanceof Borrower borrower && borrower.borrows();
    }

    /** The last listener, mostly the only one, gets {@code chunk} itself; each before it that may move or keep it gets a view. */
    void tellData(ByteBuffer chunk) {
        owes = true;
        try {
            for (var at = data; at != null; at = at.next()) {
                at.listener().accept(at.next() == null || borrows(at.listener()) ? chunk : Buffers.view(chunk));
            }
        } catch (Throwable thrown) {
            stream.raise(thrown);
        }
    }

    // ---- readable, pause, resume

    void onReadable(Runnable listener) {
        rare().readable = stream.with(rare().readable, listener);
    }

    void offReadable(Runnable listener) {
        rare().readable = stream.without(rare().readable, listener);
    }

    boolean hasReadableListeners() {
        return rare != null && rare.readable != null;
    }

    void tellReadable() {
        if (rare != null) {
            stream.tell(rare.readable);
        }
    }

    void onPause(Runnable listener) {
        rare().pause = stream.with(rare().pause, listener);
    }

    void offPause(Runnable listener) {
        rare().pause = stream.without(rare().pause, listener);
    }

    void tellPause() {
        if (rare != null) {
            stream.tell(rare.pause);
        }
    }

    void onResume(Runnable listener) {
        rare().resume = stream.with(rare().resume, listener);
    }

    void offResume(Runnable listener) {
        rare().resume = stream.without(rare().resume, listener);
    }

    void tellResume() {
        if (rare != null) {
            stream.tell(rare.resume);
        }
    }

    // ---- the end

    void onEnd(Runnable listener) {
        end = stream.with(end, listener);
    }

    void offEnd(Runnable listener) {
        end = stream.without(end, listener);
    }

    /** As {@link #onEnd}, but before those who listen already. */
    void beforeEnd(Runnable listener) {
        end = Listeners.addFirst(end, listener);
    }

    void tellEnd() {
        stream.tell(end);
    }
}
