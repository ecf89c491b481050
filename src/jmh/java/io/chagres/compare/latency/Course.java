package io.chagres.compare.latency;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A run of the clients, from its first message to its last.
 *
 * @param beganMillis the time of day at which it began
 * @param every the seconds of an interval
 * @param lost the messages that were never answered; their latency is the time until the end
 * @param before the server's threads before the run
 */
public record Course(long beganMillis, double every, long lost, Interval before, List<Interval> intervals) {

    private static final double MILLIS = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_MICRO = 1e3;

    /** Reads the output of open.c, which consists of lines of a word and its values. */
    static Course parse(String said, double every) throws IOException {
        long began = 0;
        long lost = 0;
        List<Interval> intervals = new ArrayList<>();
        for (String line : said.lines().toList()) {
            String[] words = line.split(" ", 4);
            long first = Long.parseLong(words[1]);
            switch (words[0]) {
                case "began" -> began = first;
                case "lost" -> lost = first;
                case "interval" -> intervals.add(Interval.of(first, Long.parseLong(words[2])));
                case "latency" -> intervals.getLast().latency().recordValueWithCount(first, Long.parseLong(words[2]));
                case "late" -> intervals.getLast().late().recordValueWithCount(first, Long.parseLong(words[2]));
                case "thread" ->
                    intervals
                            .getLast()
                            .threads()
                            .put((int) first, new Interval.ServerThread(words[3], Long.parseLong(words[2])));
                default -> throw new IOException("the clients said: " + line);
            }
        }
        return new Course(began, every, lost, intervals.getFirst(), intervals.subList(1, intervals.size()));
    }

    /** Returns the answers a second, of the seconds from {@code from} on. */
    public double rate(double from) {
        return figures(from, every * intervals.size(), JitLog.NONE).get(Figure.RATE);
    }

    /**
     * Returns the figures of the intervals that lie between two times.
     *
     * @param from seconds since the begin
     * @param to seconds since the begin
     */
    public Map<Figure, Double> figures(double from, double to, JitLog log) {
        int first = (int) Math.round(from / every);
        int last = Math.min((int) Math.round(to / every), intervals.size());
        Interval earlier = first == 0 ? before : intervals.get(first - 1);
        Interval span =
                intervals.subList(first, last).stream().reduce(Interval::and).orElseThrow();
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.RATE, span.answered() / ((last - first) * every));
        Figure.PERCENTILES.forEach((figure, percentile) ->
                figures.put(figure, span.latency().getValueAtPercentile(percentile) / NANOS_PER_MICRO));
        figures.put(Figure.LATE, span.late().getValueAtPercentile(99.9) / NANOS_PER_MICRO);
        figures.put(Figure.CPU, span.cpuNanos(earlier) / NANOS_PER_MILLI);
        if (span.threads().values().stream().anyMatch(Interval.ServerThread::isCompiler)) {
            figures.put(Figure.COMPILERS, span.compilerNanos(earlier) / NANOS_PER_MILLI);
            figures.putAll(log.figures(millis(first), millis(last)));
        }
        return figures;
    }

    private long millis(int interval) {
        return beganMillis + Math.round(interval * every * MILLIS);
    }
}
