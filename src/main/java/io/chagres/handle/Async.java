package io.chagres.handle;

import io.chagres.loop.Loop;
import io.chagres.loop.internal.StackRoom;
import io.chagres.loop.internal.Task;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets other threads wake the loop and make it call back: uv_async_t. Sends that come before the callback ran are one:
 * there is at least one callback after the last send, not one per send. Callbacks come from the poll phase. For tasks that
 * must each run there is {@link Loop#execute}.
 *
 * <p>It is active from birth until it is closed, and so keeps the loop alive unless it is {@linkplain #unref()
 * unreferenced}.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/async.html">uv_async_t</a>
 */
public final class Async extends Handle {

    private final Runnable callback;
    private final AtomicBoolean sent;
    private final Delivery delivery;

    /**
     * @param callback runs on the loop thread after a {@link #send()}; to wake the loop and no more, {@code () -> {}}
     */
    public Async(Loop loop, Runnable callback) {
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
     * Makes the callback run; from any thread. It never waits and, after the first of a series, costs one atomic exchange.
     * What the thread did before, the callback sees. On a closed handle it has no effect.
     *
     * <p>If it throws (StackOverflowError), the callback may not come; after a later send it comes.
     */
    public void send() {
        // An exchange and not a look first: a look would not make the writes of this thread visible to a callback that
        // is about to begin.
        if (!sent.get()) {
            // where post would fail, there could be none left to take the exchange back
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

    /** Leaves it as sent for ever, so that no later send posts anything. */
    @Override
    protected void release() {
        sent.set(true);
    }

    private void deliver() {
        if (!isClosing()) {
            sent.getAndSet(false);
            callback.run();
        }
    }

    private static final class Delivery extends Task {

        private Async async;

        @Override
        protected void run() {
            async.deliver();
        }
    }
}
