package io.chagres.compare.latency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The work of a JVM's compilers, from its log.
 *
 * <p>The log has a line when a compiler begins a method, with its tier, and later that line again with the words "made not entrant". It is
 * cheaper than a flight recording, and written by all JVMs that are compared.
 */
public final class JitLog {

    /** The log of a program that is no JVM. */
    public static final JitLog NONE = new JitLog(List.of());

    /** For instance {@code [1795917446833ms][jit,compilation]   36 %     3       Some::method @ 41 (103 bytes)}. */
    private static final Pattern COMPILED =
            Pattern.compile("^\\[(\\d+)ms]\\[jit,compilation *] +\\d+ [ %sbn!]* ([1-4]) .*");

    private static final Pattern TRAP = Pattern.compile("^\\[(\\d+)ms]\\[deoptimization *].*");
    private static final int C2 = 4;

    private record Event(long millis, Figure figure) {}

    private final List<Event> events;

    private JitLog(List<Event> events) {
        this.events = events;
    }

    /** Returns the flag with which a JVM writes its log. */
    public static String flag(Path file) {
        return "-Xlog:jit+compilation=debug,deoptimization=debug:file=" + file + ":timemillis,tags:filecount=0";
    }

    /** Reads a log. */
    public static JitLog read(Path file) throws IOException {
        return parse(Files.readAllLines(file));
    }

    static JitLog parse(List<String> lines) {
        List<Event> events = new ArrayList<>();
        for (String line : lines) {
            Matcher compiled = COMPILED.matcher(line);
            Matcher trap = TRAP.matcher(line);
            if (compiled.matches()) {
                add(events, Long.parseLong(compiled.group(1)), Integer.parseInt(compiled.group(2)) == C2, line);
            } else if (trap.matches()) {
                events.add(new Event(Long.parseLong(trap.group(1)), Figure.TRAPS));
            }
        }
        return new JitLog(events);
    }

    private static void add(List<Event> events, long millis, boolean isOfC2, String line) {
        if (!line.contains("made not entrant")) {
            events.add(new Event(millis, isOfC2 ? Figure.BY_C2 : Figure.BY_C1));
            return;
        }
        events.add(new Event(millis, Figure.NOT_ENTRANT));
        if (isOfC2) {
            events.add(new Event(millis, Figure.NOT_ENTRANT_C2));
        }
    }

    /** Counts the events between two times of day. */
    Map<Figure, Double> figures(long fromMillis, long toMillis) {
        Map<Figure, Double> counts = new EnumMap<>(Figure.class);
        for (Figure figure :
                List.of(Figure.BY_C1, Figure.BY_C2, Figure.NOT_ENTRANT, Figure.NOT_ENTRANT_C2, Figure.TRAPS)) {
            counts.put(figure, (double) events.stream()
                    .filter(event -> event.figure == figure && event.millis >= fromMillis && event.millis < toMillis)
                    .count());
        }
        return counts;
    }
}
