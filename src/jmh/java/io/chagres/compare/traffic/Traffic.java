package io.chagres.compare.traffic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Clients of one server, which run for as long as they are told to and then rest. */
public abstract class Traffic implements AutoCloseable {

    private static final long TIMEOUT_MILLIS = 100;
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(5);

    final Selector selector = Selector.open();
    private final Histogram latency = new Histogram(LONGEST_NANOS, 2);
    private long operations;
    private long began;

    Traffic() throws IOException {}

    /** Runs for {@code nanos}, and counts from zero. */
    public final void run(long nanos) throws IOException {
        latency.reset();
        operations = 0;
        began = System.nanoTime();
        try {
            while (System.nanoTime() - began < nanos) {
                selector.select(this::ready, TIMEOUT_MILLIS);
            }
        } catch (UncheckedIOException lost) {
            throw lost.getCause();
        }
    }

    private void ready(SelectionKey key) {
        try {
            serve(key);
        } catch (IOException lost) {
            throw new UncheckedIOException(lost);
        }
    }

    abstract void serve(SelectionKey key) throws IOException;

    /** {@code count} more operations. */
    final void done(long count) {
        operations += count;
    }

    /** An answer came at {@code now} to what was sent at {@code sent}; one from before the run says nothing of it. */
    final void answered(long sent, long now) {
        if (sent >= began) {
            latency.recordValue(Math.min(now - sent, LONGEST_NANOS));
        }
    }

    /** How many operations the last run did. */
    public long operations() {
        return operations;
    }

    /** Nanoseconds from request to answer in the last run; empty where there are no answers. */
    public final Histogram latency() {
        return latency;
    }

    /** Resets (RST) all connections, so that none of their ports waits in TIME_WAIT. */
    @Override
    public final void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
