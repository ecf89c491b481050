package io.chagres.handle;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Callee;
import io.chagres.loop.internal.StackRoom;
import io.chagres.loop.internal.Task;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A handle that other threads use to wake the loop and to run a callback on it: uv_async_t.
 *
 * <p>Several sends that happen before the callback has run cause one callback. At least one callback follows the last send. It runs in
 * the poll phase. Use {@link Loop#execute} for tasks of which each must run.
 *
 * <p>An Async is active from its constructor until it is closed. So it keeps the loop alive unless it is {@linkplain #unref()
 * unreferenced}.
 *
 * <pre>{@code
 * Queue<Order> orders = new ConcurrentLinkedQueue<>();
 * Async arrived = new Async(loop, () -> {
 *     for (Order order = orders.poll(); order != null; order = orders.poll()) {
 *         book(order);
 *     }
 * });
 * // on another thread:
 * orders.add(order);
 * arrived.send();
 * }</pre>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/async.html">uv_async_t</a>
 */
public final class Async extends Handle {

    private final Runnable callback;
    private final AtomicBoolean sent;
    private final Delivery delivery;

    /**
     * Makes an active handle.
     *
     * @param callback runs on the loop thread after a {@link #send()}; null if a send must only wake the loop
     * @throws UsageException EINVAL if the loop is null; ERR_LOOP_CLOSED
     */
    public Async(Loop loop, @Nullable Runnable callback) {
        this(loop, callback == null ? () -> {} : callback, new AtomicBoolean(), new Delivery());
    }

    private Async(Loop loop, Runnable callback, AtomicBoolean sent, Delivery delivery) {
        super(loop);
        this.callback = callback;
        this.sent = sent;
        this.delivery = delivery;
        delivery.async = this;
        activate();
    }

    /**
     * Makes the callback run; any thread. It never waits. The first send of a series may cost one write to an eventfd, each further one
     * costs one atomic exchange. On a closed handle it is a no-op.
     *
     * <p>The callback sees what the sending thread wrote to memory before the send.
     *
     * @throws StackOverflowError if the stack is almost full; the callback then runs after a later send only
     */
    public void send() {
        // Always an exchange, also if the flag is set: a plain read would not make the writes of this thread visible to
        // a
        // callback that is about to begin.
        if (!sent.get()) {
            // if post() overflowed the stack, resetting the flag could overflow it too
            StackRoom.require();
        }
        if (sent.getAndSet(true)) {
            core().wakeIfOwed();
        } else {
            post();
        }
    }

    private void post() {
        boolean posted = false;
        try {
            core().post(delivery);
            posted = true;
        } finally {
            if (!posted) {
                sent.set(false);
            }
        }
    }

    /** Leaves the flag set, so that no later send posts anything. */
    @Override
    protected void release() {
        sent.set(true);
    }

    @Override
    protected void explain(StringJoiner details) {
        super.explain(details);
        details.add("calls " + Callee.nameOf(callback));
    }

    private void deliver() {
        if (!isClosing()) {
            sent.getAndSet(false);
            callback.run();
        }
    }

    private static final class Delivery extends Task {

        @SuppressWarnings("NullAway.Init") // set by the constructor of the async
        private Async async;

        @Override
        protected void run() {
            async.deliver();
        }
    }
}
