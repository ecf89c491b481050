package io.chagres.compare.latency;

import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * A part of a run.
 *
 * @param sent the messages that were due in it
 * @param answered the answers that arrived in it
 * @param latency the nanoseconds from the time at which a message was due to its answer, of the messages that were due in it
 * @param late the nanoseconds by which the client sent these messages too late
 * @param threads the server's threads at its end, by thread id
 */
public record Interval(
        long sent, long answered, Histogram latency, Histogram late, Map<Integer, ServerThread> threads) {

    private static final int DIGITS = 3;

    /** @param nanos the CPU time since the thread began */
    public record ServerThread(String name, long nanos) {
        boolean isCompiler() {
            return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler");
        }
    }

    static Interval of(long sent, long answered) {
        return new Interval(sent, answered, new Histogram(DIGITS), new Histogram(DIGITS), new HashMap<>());
    }

    /** Returns this interval and the {@code next} as one. */
    Interval and(Interval next) {
        Interval both = new Interval(
                sent + next.sent, answered + next.answered, latency.copy(), late.copy(), Map.copyOf(next.threads));
        both.latency.add(next.latency);
        both.late.add(next.late);
        return both;
    }

    /** Returns the CPU time of all threads from the end of {@code before} to the end of this interval. */
    long cpuNanos(Interval before) {
        return threads.entrySet().stream()
                .mapToLong(thread -> nanos(thread, before))
                .sum();
    }

    /** Returns the CPU time of the compilers of a JVM, likewise. */
    long compilerNanos(Interval before) {
        return threads.entrySet().stream()
                .filter(thread -> thread.getValue().isCompiler())
                .mapToLong(thread -> nanos(thread, before))
                .sum();
    }

    private static long nanos(Map.Entry<Integer, ServerThread> thread, Interval before) {
        ServerThread earlier = before.threads.get(thread.getKey());
        return thread.getValue().nanos - (earlier == null ? 0 : earlier.nanos);
    }
}
