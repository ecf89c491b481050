package io.chagres.stream;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The construct step of a {@link Duplex} that is pending: Node's {@code construct} in lib/internal/streams/destroy.js. It begins on
 * a tick. Its completion takes effect on a tick, too.
 */
final class Construction implements Completion {

    private final Duplex stream;
    private final Lifecycle life;
    private final Consumer<? super Completion> step;
    private boolean completed;
    /** The error of a destruction before the step has completed; null if there was none. */
    private @Nullable ChagresException destroyedWith;

    Construction(Duplex stream, Lifecycle life, Consumer<? super Completion> step) {
        this.stream = stream;
        this.life = life;
        this.step = UsageException.requireArgument(step, "step");
    }

    void begin() {
        stream.tick(() -> {
            try {
                step.accept(this);
            } catch (Throwable thrown) {
                onComplete(ChagresException.of(thrown));
            }
        });
    }

    /** Called by the subclass; a second call is an error of the stream. */
    @Override
    public void onComplete(@Nullable ChagresException error) {
        stream.tick(() -> {
            if (stream.life != life) {
                return; // too late: the stream was opened again
            }
            if (completed) {
                life.errorOrDestroy(error != null ? error : Lifecycle.calledTwice());
            } else {
                completed = true;
                life.constructed(this, error);
            }
        });
    }

    void destroyedWith(@Nullable ChagresException error) {
        destroyedWith = error;
    }

    /** Returns the error for {@code doDestroy}: that of the destruction, with that of the step suppressed in it if there are two. */
    @Nullable
    ChagresException destructionError(@Nullable ChagresException error) {
        if (destroyedWith == null || error == null || error == destroyedWith) {
            return destroyedWith != null ? destroyedWith : error;
        }
        destroyedWith.addSuppressed(error);
        return destroyedWith;
    }
}
