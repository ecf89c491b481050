package io.chagres.trace;

import io.chagres.UsageException;
import java.util.function.Consumer;

/**
 * A recording of what the library asks of the kernel: each system call with its arguments and its result, each callback of a loop, and
 * the notes of the program. Use it to see how a server talks to the kernel, in a lesson or a test. For a server in production, events of
 * the JDK Flight Recorder cost much less.
 *
 * <pre>{@code
 * try (Trace trace = Trace.start(event -> System.err.println(event));
 *         Loop loop = new Loop()) {
 *     ...
 * }
 * }</pre>
 *
 * prints lines such as
 *
 * <pre>{@code
 * [main 2 poll server:9297] accept4(5, {sa_family=AF_INET, sin_port=htons(51234), sin_addr=inet_addr("127.0.0.1")}, [16], SOCK_CLOEXEC|SOCK_NONBLOCK) = 7 <0.000012>
 * }</pre>
 *
 * <p>A trace can be started and closed at any time, on any thread, and there can be several at once. It reports the calls of all threads.
 * Calls that begin after {@code start} has returned are reported, and no call that begins after {@code close} has returned. A loop that
 * was made before the first trace began shows its calls, turns and phases, but no callbacks.
 *
 * <p>While there is no trace, it costs nothing: the wrappers around the C functions do not exist then.
 *
 * <p><b>The consumer</b> is called on the thread that made the call, right after it, so several threads may call it at the same time. It
 * must be quick, because it delays the loop. Calls that it makes itself are not reported. It must not use the handles of the loop that it
 * was called from. If it throws, the uncaught handler of the thread is called with the exception, and the loop goes on.
 */
public final class Trace implements AutoCloseable {

    private final TraceOptions options;
    private final Consumer<? super TraceEvent> consumer;

    private Trace(TraceOptions options, Consumer<? super TraceEvent> consumer) {
        this.options = options;
        this.consumer = consumer;
    }

    /** Starts a trace with {@linkplain TraceOptions#defaults() the defaults}, see {@link #start(TraceOptions, Consumer)}. */
    public static Trace start(Consumer<? super TraceEvent> consumer) {
        return start(TraceOptions.defaults(), consumer);
    }

    /**
     * Starts a trace.
     *
     * @param consumer is called with each event, on the thread that it happened on
     */
    public static Trace start(TraceOptions options, Consumer<? super TraceEvent> consumer) {
        UsageException.requireArgument(options, "options");
        UsageException.requireArgument(consumer, "consumer");
        Trace trace = new Trace(options, consumer);
        Tracing.add(trace);
        return trace;
    }

    /** Reports a {@link Note} with {@code text} to all traces. If there is none, this is a no-op. */
    public static void note(String text) {
        Tracing.note(UsageException.requireArgument(text, "text"));
    }

    /** Ends this trace. Calls that are being reported right now may still reach the consumer. On a closed trace, this is a no-op. */
    @Override
    public void close() {
        Tracing.remove(this);
    }

    TraceOptions options() {
        return options;
    }

    Consumer<? super TraceEvent> consumer() {
        return consumer;
    }

    /** Returns the options, as in {@code Trace (TraceOptions (net, strings of 32 bytes, with lines))}. */
    @Override
    public String toString() {
        return "Trace (" + options + ")";
    }
}
