package io.chagres.stream;

import io.chagres.loop.internal.Listeners;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of the writing side of a {@link Duplex}. Most streams have none: the static methods take null for that.
 */
final class WritableListeners {

    private @Nullable Listeners<Runnable> drain;
    private @Nullable Listeners<Runnable> prefinish;
    private @Nullable Listeners<Runnable> finish;

    void onDrain(Runnable listener) {
        drain = Listeners.add(drain, listener);
    }

    void offDrain(Runnable listener) {
        drain = Listeners.remove(drain, listener);
    }

    static void emitDrain(@Nullable WritableListeners of, Duplex stream) {
        if (of != null) {
            stream.emit(of.drain);
        }
    }

    void onPrefinish(Runnable listener) {
        prefinish = Listeners.add(prefinish, listener);
    }

    void offPrefinish(Runnable listener) {
        prefinish = Listeners.remove(prefinish, listener);
    }

    static void emitPrefinish(@Nullable WritableListeners of, Duplex stream) {
        if (of != null) {
            stream.emit(of.prefinish);
        }
    }

    void onFinish(Runnable listener) {
        finish = Listeners.add(finish, listener);
    }

    void offFinish(Runnable listener) {
        finish = Listeners.remove(finish, listener);
    }

    static void emitFinish(@Nullable WritableListeners of, Duplex stream) {
        if (of != null) {
            stream.emit(of.finish);
        }
    }
}
