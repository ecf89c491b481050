package io.chagres.compare.latency;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A part of a run, in whole intervals.
 *
 * @param name the words for it
 * @param from seconds since the begin
 * @param to seconds since the begin
 */
public record Span(String name, double from, double to) {

    private static final double FIRST = 5;
    private static final double WARM_UP = 30;
    private static final double STEADY = 10;

    /** Returns the spans of a run: if wanted, each interval; the first 5 and 30 seconds, and the last 10. */
    public static List<Span> of(double seconds, double every, boolean eachInterval) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; eachInterval && i * every < seconds; i++) {
            spans.add(of("", i * every, (i + 1) * every, every));
        }
        if (seconds >= FIRST) {
            spans.add(of("first", 0, FIRST, every));
        }
        if (seconds >= WARM_UP) {
            spans.add(of("first", 0, WARM_UP, every));
        }
        if (seconds >= 2 * STEADY) {
            spans.add(of("steady", seconds - STEADY, seconds, every));
        }
        return spans.isEmpty() ? List.of(of("all", 0, seconds, every)) : spans;
    }

    private static Span of(String name, double from, double to, double every) {
        double begin = Math.floor(from / every) * every;
        double end = Math.ceil(to / every) * every;
        return new Span(
                String.format(Locale.ROOT, "%s %s-%s s", name, said(begin), said(end))
                        .strip(),
                begin,
                end);
    }

    private static String said(double seconds) {
        return seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds);
    }
}
