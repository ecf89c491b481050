package io.chagres.handle;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Task;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls back when the process gets a signal: uv_signal_t. Any number of handles, on any number of loops, may wait for the
 * same signal; each gets each. Callbacks come from the poll phase. While one handle waits, the default action of the
 * signal does not happen; when the last one stops, what was before is restored. If another library has set a handler of its
 * own meanwhile, that one stays; a new start takes the signal again.
 *
 * <p>Signals are caught through the JVM, which keeps some for itself: ILL, FPE, SEGV and QUIT, and with {@code -Xrs} HUP,
 * INT and TERM too. These are refused, and so are three that the JVM would give away although it needs them:
 *
 * <ul>
 *   <li>USR2, with which HotSpot suspends threads for JFR and other samplers. If the JVM is started with the environment
 *       variable {@code _JAVA_SR_SIGNUM=16}, it uses signal 16 instead; USR2 can be caught then, and 16 (STKFLT) can not.
 *   <li>PROF, which JFR's CPU-time sampler (JDK 25) and other profilers take when they start.
 *   <li>BUS, of which the JVM makes an InternalError if a mapped file is cut.
 * </ul>
 *
 * <p>PIPE and XFSZ, which the JVM only ignores, can be caught. KILL and STOP can't be caught by any process. HUP, INT or TERM
 * that the JVM was started to ignore, as INT is in the background of a shell without job control, stays ignored. The first
 * process that the JVM starts resets CHLD, once: a handle for CHLD must be started after that.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/signal.html">uv_signal_t</a>
 */
public final class Signal extends StoppableHandle {

    private Subscription subscription;
    private Runnable callback;
    private boolean oneShot;

    /** A handle that waits for nothing yet. */
    public Signal(Loop loop) {
        super(loop);
    }

    /** Calls {@code callback} at each signal {@code name} until the handle is stopped or closed; see {@link #start}. */
    public static Signal on(Loop loop, String name, Runnable callback) {
        Signal signal = new Signal(loop);
        try {
            signal.start(name, callback);
        } catch (Throwable refused) {
            signal.close();
            throw refused;
        }
        return signal;
    }

    /**
     * Starts waiting for the signal {@code name}, "INT" or "SIGINT". If it is started already, this start replaces the
     * other; of the same signal, none is lost between the two.
     *
     * @throws UsageException EINVAL if the system has no such signal, or the JVM uses it itself: see the class
     */
    public void start(String name, Runnable callback) {
        subscribe(name, callback, false);
    }

    /** As {@link #start}, but stops before the first callback. */
    public void startOneShot(String name, Runnable callback) {
        subscribe(name, callback, true);
    }

    private void subscribe(String name, Runnable callback, boolean oneShot) {
        requireOpen("start");
        UsageException.requireArgument(name, "name");
        UsageException.requireArgument(callback, "callback");
        String plainName = name.startsWith("SIG") ? name.substring(3) : name;
        if (subscription == null || !subscription.name.equals(plainName)) {
            Subscription fresh = new Subscription(plainName);
            SignalTable.add(plainName, fresh);
            disarm();
            subscription = fresh;
        }
        this.callback = callback;
        this.oneShot = oneShot;
        activate();
    }

    @Override
    protected void describe(StringJoiner text) {
        Subscription current = subscription;
        if (current != null) {
            text.add("SIG" + current.name);
        }
    }

    @Override
    void disarm() {
        if (subscription != null) {
            SignalTable.remove(subscription.name, subscription);
            subscription = null;
        }
    }

    /** From a start to the stop: what a signal that was caught before finds is no longer current. */
    private final class Subscription implements Runnable {

        final String name;
        private final AtomicInteger caught = new AtomicInteger();
        private final Task delivery = new Task() {
            @Override
            protected void run() {
                deliver(caught.getAndSet(0));
            }
        };

        Subscription(String name) {
            this.name = name;
        }

        /** The signal came; on a thread of the JVM's. */
        @Override
        public void run() {
            if (caught.getAndIncrement() == 0) {
                core().post(delivery);
            } else {
                core().wakeIfOwed();
            }
        }

        private void deliver(int count) {
            for (int i = 0; i < count && subscription == this; i++) {
                if (oneShot) {
                    stop();
                }
                core().callbacks().invoke(callback);
            }
        }
    }
}
