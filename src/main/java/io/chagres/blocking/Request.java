package io.chagres.blocking;

import io.chagres.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.LoopFuture;
import io.chagres.loop.internal.Resident;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A request to a loop, for which a caller on any thread has a future. While it is pending, it is a resident that keeps the loop alive.
 * One of three ends it:
 *
 * <ul>
 *   <li>the request itself, on the loop thread;
 *   <li>the caller, who completes the future first: by cancel, orTimeout or complete. The loop thread gives the request up then;
 *   <li>the close of the loop.
 * </ul>
 *
 * @param <T> the type of the result
 */
final class Request<T extends @Nullable Object> extends Resident {

    /** The beginning of a request. */
    @FunctionalInterface
    interface Begin<T extends @Nullable Object> {
        /** Begins {@code request} on the loop thread. What it throws completes the future. */
        void begin(Request<T> request) throws Exception;
    }

    private final LoopCore core;
    private final String verb;
    private final @Nullable Object subject;
    private final LoopFuture<T> future;
    /** Run on the loop thread if the caller has completed the future first. */
    private Runnable undo = () -> {};

    private boolean pending;

    private Request(LoopCore core, String verb, @Nullable Object subject) {
        super(core);
        this.core = core;
        this.verb = verb;
        this.subject = subject;
        future = new LoopFuture<>(core::isLoopThread);
    }

    /**
     * Begins a request: on the loop thread inside the call, otherwise in a task.
     *
     * @param subject the object of the verb, for {@link #toString}; null for none
     */
    static <T extends @Nullable Object> CompletableFuture<T> begin(
            Loop loop, String verb, @Nullable Object subject, Begin<T> begin) {
        LoopCore core = LoopCore.of(loop);
        Request<T> request = new Request<>(core, verb, subject);
        request.future.whenComplete((result, error) -> request.completed());
        if (core.isLoopThread()) {
            request.begin(begin);
        } else {
            try {
                loop.execute(() -> request.begin(begin));
            } catch (RejectedExecutionException closed) {
                request.future.completeExceptionally(request.loopClosed(closed));
            }
        }
        return request.future;
    }

    // ---- on the loop thread

    private void begin(Begin<T> begin) {
        if (future.isDone()) {
            return; // cancelled before it has begun
        }
        try {
            if (core.residents().areRefused()) {
                throw loopClosed(null);
            }
            core.residents().add(this);
            core.keepAlive();
            pending = true;
            begin.begin(this);
        } catch (Throwable thrown) {
            leave();
            if (!future.completeExceptionally(thrown)) {
                core.callbacks().raise(thrown); // thrown after the completion
            }
        }
    }

    /** Sets what undoes the request, if the caller completes the future before the request does. */
    void undoWith(Runnable undo) {
        this.undo = undo;
    }

    /** Completes the future; returns false if it is complete, or the loop was closed. */
    boolean complete(@Nullable T result) {
        return leave() && future.complete(result);
    }

    /** Completes the future with {@code error}, which is a cause only if the loop is being closed; without effect if it is complete. */
    void fail(Throwable error) {
        if (leave()) {
            future.completeExceptionally(core.residents().areRefused() ? loopClosed(error) : error);
        }
    }

    /** Ends the pending state; returns whether there was one. */
    private boolean leave() {
        core.checkThread();
        if (!pending) {
            return false;
        }
        pending = false;
        core.residents().remove(this);
        core.letGo();
        return true;
    }

    private void giveUp() {
        if (leave()) {
            try {
                undo.run();
            } catch (Throwable thrown) {
                core.callbacks().raise(thrown);
            }
        }
    }

    /** Called when the loop is closed. */
    @Override
    public void close() {
        if (leave()) {
            future.completeExceptionally(loopClosed(null));
        }
    }

    // ---- from any thread

    /** Called when the future is complete. If that was the caller's doing, the request is pending on the loop thread. */
    private void completed() {
        if (core.isLoopThread()) {
            giveUp();
            return;
        }
        try {
            ((Loop) core.loop()).execute(this::giveUp);
        } catch (RejectedExecutionException closed) {
            // the close of the loop has ended the request, too
        }
    }

    private ChagresException loopClosed(@Nullable Throwable cause) {
        return new ChagresException("ERR_LOOP_CLOSED", "the loop is closed, which ends the " + name(), cause);
    }

    private String name() {
        return subject == null ? verb : verb + " " + subject;
    }

    @Override
    protected boolean holdsLoop() {
        return pending;
    }

    @Override
    public String toString() {
        return "Future (" + name() + (pending ? ", pending)" : ")");
    }
}
