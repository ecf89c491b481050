package io.chagres.compare.traffic;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/** Clients of one server, which run for a given time and then rest. */
public interface Traffic extends AutoCloseable {

    /** Runs for {@code nanos}, and counts operations from zero. */
    void run(long nanos) throws IOException;

    /** Returns the number of operations of the last run. */
    long operations();

    /** Returns the length of the last run. */
    long nanos();

    /** Returns the nanoseconds from request to answer in the last run; empty if there are no answers. */
    Histogram latency();

    /** Returns the kind of work: a JIT that has compiled for one load of a kind has compiled for the others. */
    default Object kind() {
        return getClass();
    }

    /** Returns the CPU time that the clients have used in a process of their own; 0 if they are in this process. */
    default long cpuNanos() {
        return 0;
    }

    /** Ends all connections, so that none of their ports waits in TIME_WAIT. */
    @Override
    void close() throws IOException;
}
