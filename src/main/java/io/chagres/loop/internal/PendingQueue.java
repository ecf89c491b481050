package io.chagres.loop.internal;

import java.util.Objects;

/**
 * Completions that are known already but must not run inside the call that made the request: a write that succeeded at once, a connect
 * that was refused at once. They run in the pending phase, and again right after polling.
 */
public final class PendingQueue {

    private final Callbacks callbacks;
    private final Fifo<Runnable> queue = new Fifo<>();

    PendingQueue(Callbacks callbacks) {
        this.callbacks = callbacks;
    }

    void add(Runnable completion) {
        queue.add(completion);
    }

    /** Ensures that the next {@link #add} needs no memory. */
    void reserve() {
        queue.reserve();
    }

    /** Returns whether no completion is queued. */
    public boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    /** Runs the completions that are queued now. Those that are added meanwhile wait for the next round. */
    public void run() {
        for (int left = queue.size(); left > 0; left--) {
            callbacks.invoke(Objects.requireNonNull(queue.poll()));
        }
    }

    /**
     * Runs up to {@code rounds} rounds: several, for chains of completions; bounded, because a chain without end must not stop the loop.
     */
    public void run(int rounds) {
        for (int round = 0; round < rounds && !queue.isEmpty(); round++) {
            run();
        }
    }

    @Override
    public String toString() {
        return "PendingQueue (" + queue.size() + ")";
    }
}
