package io.chagres.compare.traffic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Clients in Java, on one selector. */
abstract class SelectorTraffic implements Traffic {

    private static final long TIMEOUT_MILLIS = 100;
    private static final long MAX_NANOS = TimeUnit.MINUTES.toNanos(5);

    final Selector selector = Selector.open();
    private final Histogram latency = new Histogram(MAX_NANOS, 2);
    private long operations;
    private long began;
    private long ended;

    SelectorTraffic() throws IOException {}

    @Override
    public final void run(long nanos) throws IOException {
        latency.reset();
        operations = 0;
        began = System.nanoTime();
        try {
            while (System.nanoTime() - began < nanos) {
                selector.select(this::ready, TIMEOUT_MILLIS);
            }
            ended = System.nanoTime();
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

    /** Counts {@code count} more operations. */
    final void done(long count) {
        operations += count;
    }

    /** Records the latency of an answer at {@code now} to a message of {@code sent}, unless the message is older than the run. */
    final void answered(long sent, long now) {
        if (sent >= began) {
            latency.recordValue(Math.min(now - sent, MAX_NANOS));
        }
    }

    @Override
    public final long operations() {
        return operations;
    }

    @Override
    public final long nanos() {
        return ended - began;
    }

    @Override
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
