package io.chagres.loop.internal;

import io.chagres.UsageException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A future that only a loop thread can complete. A wait on that thread would not end, so it is refused with EDEADLK. The futures that
 * {@code thenApply} and the like make of it refuse the wait, too. Those of the static methods of CompletableFuture do not know the loop.
 *
 * @param <T> the type of the result
 */
public final class LoopFuture<T extends @Nullable Object> extends CompletableFuture<T> {

    private final BooleanSupplier isLoopThread;

    /**
     * Makes a future that is not complete.
     *
     * @param isLoopThread returns whether the calling thread is one that the completion needs; any thread
     */
    public LoopFuture(BooleanSupplier isLoopThread) {
        this.isLoopThread = isLoopThread;
    }

    /** Returns a future that completes as {@code source} does. */
    public static <T extends @Nullable Object> LoopFuture<T> of(
            CompletableFuture<T> source, BooleanSupplier isLoopThread) {
        LoopFuture<T> future = new LoopFuture<>(isLoopThread);
        source.whenComplete((result, error) -> {
            if (error == null) {
                future.complete(result);
            } else {
                future.completeExceptionally(error);
            }
        });
        return future;
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new LoopFuture<>(isLoopThread);
    }

    private void refuseWait(String call) {
        if (!isDone() && isLoopThread.getAsBoolean()) {
            throw deadlock(call);
        }
    }

    /** Returns the refusal of {@code call} on the loop thread. */
    static UsageException deadlock(String call) {
        return new UsageException(
                "EDEADLK",
                call + " waits, and \"" + Thread.currentThread().getName()
                        + "\" is the thread of the loop, which alone can end the wait: wait on another thread, or"
                        + " add a callback");
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        refuseWait("get()");
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        refuseWait("get(timeout)");
        return super.get(timeout, unit);
    }

    @Override
    public T join() {
        refuseWait("join()");
        return super.join();
    }
}
