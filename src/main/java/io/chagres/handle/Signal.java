package io.chagres.handle;

import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.Callee;
import io.chagres.loop.internal.Task;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A handle that calls back when the process receives a signal: uv_signal_t. Callbacks run in the poll phase.
 *
 * <p>Any number of handles, on any number of loops, may wait for one signal. Each handle is called for each signal that was caught. While
 * at least one handle waits, the default action of the signal does not happen. When the last one stops, the previous action is restored.
 * If another library has set a handler since, that handler stays, and the next start of a handle here replaces it.
 *
 * <pre>{@code
 * Signal.on(loop, "TERM", () -> {
 *     server.close();
 *     loop.stop();
 * });
 * }</pre>
 *
 * <p>Signals are caught through the JVM, which refuses those that it uses itself: ILL, FPE, SEGV and QUIT, and with {@code -Xrs} also
 * HUP, INT and TERM. This class refuses three more, which the JVM would give away although it needs them:
 *
 * <ul>
 *   <li>USR2: HotSpot suspends threads with it, for JFR and other samplers. If the JVM is started with the environment variable
 *       {@code _JAVA_SR_SIGNUM=16}, it uses signal 16 (STKFLT) instead. Then USR2 can be caught and STKFLT cannot.
 *   <li>PROF: the CPU-time sampler of JFR (JDK 25) and other profilers take it when they start.
 *   <li>BUS: the JVM turns it into an InternalError if a mapped file is truncated.
 * </ul>
 *
 * <p>PIPE and XFSZ, which the JVM only ignores, can be caught. No process can catch KILL and STOP. If the process was started with HUP,
 * INT or TERM ignored, the signal stays ignored: a shell without job control starts background processes with INT ignored. The first
 * process that the JVM starts resets the handler of CHLD, once. So a handle for CHLD must be started after that.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/signal.html">uv_signal_t</a>
 */
public final class Signal extends StoppableHandle {

    private @Nullable Subscription subscription;

    @SuppressWarnings("NullAway.Init") // set with the first subscription
    private Runnable callback;

    private boolean oneShot;

    /** Makes a handle that is not started. */
    public Signal(Loop loop) {
        super(loop);
    }

    /** Makes a handle and {@linkplain #start starts} it. If the start fails, no handle is left open. */
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
     * Calls {@code callback} for each signal {@code name}, until the handle is stopped or closed. If the handle is started already, this
     * replaces signal and callback. If the signal is the same, no signal is lost in between.
     *
     * @param name with or without the prefix: {@code INT} or {@code SIGINT}
     * @throws UsageException EINVAL if an argument is null, the handle is closed, the system has no such signal, or the signal cannot be
     *     caught (see the class)
     * @see <a href="https://man7.org/linux/man-pages/man7/signal.7.html">signal(7)</a>
     */
    public void start(String name, Runnable callback) {
        subscribe(name, callback, false);
    }

    /** Starts the handle like {@link #start}, for one signal: the handle is stopped right before the callback. */
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
    protected void explain(StringJoiner details) {
        super.explain(details);
        if (callback != null) {
            details.add("calls " + Callee.nameOf(callback));
        }
    }

    @Override
    void disarm() {
        if (subscription != null) {
            SignalTable.remove(subscription.name, subscription);
            subscription = null;
        }
    }

    /** The time from a start to its stop. A signal that was caught before a stop finds its subscription replaced, and is dropped. */
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

        /** Records a signal. Called on a thread that the JVM makes for it. */
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
