package io.chagres.compare.latency;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.chagres.compare.machine.Disturbance;
import io.chagres.compare.report.Columns;
import io.chagres.compare.report.Noise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The figures of all spans of all runs: a table of their medians, and a JSON file. */
public final class Spans {

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final String NOTHING = "-";

    private record Row(
            String load,
            String server,
            String span,
            int round,
            Map<Figure, Double> figures,
            long lost,
            Disturbance.Share disturbance) {}

    private final Map<String, String> machine;
    private final String command;
    private final Path file;
    private final List<Row> rows = new ArrayList<>();

    /** @param command the arguments with which the run can be repeated */
    public Spans(Map<String, String> machine, String command, Path file) {
        this.machine = machine;
        this.command = command;
        this.file = file;
    }

    /** Adds the figures of a part of a run. */
    public void add(
            String load,
            String server,
            Span span,
            int round,
            Course course,
            JitLog log,
            Disturbance.Share disturbance) {
        Map<Figure, Double> figures = course.figures(span.from(), span.to(), log);
        rows.add(new Row(load, server, span.name(), round, figures, course.lost(), disturbance));
    }

    /** Returns the medians of the rounds of a load in columns. */
    public String table(String load, String title) {
        Map<String, List<Row>> servers = rows.stream()
                .filter(row -> row.load.equals(load))
                .collect(groupingBy(row -> row.server, LinkedHashMap::new, toList()));
        Columns columns = new Columns(2);
        Stream<String> head = Arrays.stream(Figure.values()).map(Figure::title);
        columns.add(Stream.of(Stream.of("", ""), head, Stream.of(""))
                .flatMap(one -> one)
                .toList());
        servers.forEach((server, own) -> own.stream()
                .collect(groupingBy(row -> row.span, LinkedHashMap::new, toList()))
                .forEach((span, some) -> columns.add(cells(server, span, some))));
        return title + '\n' + columns;
    }

    private static List<String> cells(String server, String span, List<Row> rounds) {
        List<String> cells = new ArrayList<>(List.of(server, span));
        for (Figure figure : Figure.values()) {
            boolean isKnown = rounds.getFirst().figures.get(figure) != null;
            cells.add(isKnown ? figure.format(median(rounds, row -> row.figures.get(figure))) : NOTHING);
        }
        List<String> noise = new ArrayList<>(Noise.of(
                0, median(rounds, row -> row.disturbance.steal()), median(rounds, row -> row.disturbance.others())));
        long lost = rounds.stream().mapToLong(row -> row.lost).sum();
        if (lost > 0) {
            noise.add(lost + " never answered");
        }
        cells.add(noise.isEmpty() ? "" : "~ " + String.join(", ", noise));
        return cells;
    }

    private static double median(List<Row> rounds, ToDoubleFunction<Row> figure) {
        double[] values = rounds.stream().mapToDouble(figure).sorted().toArray();
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
    }

    /** Writes the rows of all rounds, one a line. */
    public void write() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(
                "{\"machine\": " + JSON.toJson(machine) + ",\n\"command\": " + JSON.toJson(command) + ",\n\"rows\": [");
        for (int i = 0; i < rows.size(); i++) {
            lines.add(JSON.toJson(rows.get(i)) + (i + 1 < rows.size() ? "," : ""));
        }
        lines.add("]}");
        Files.write(file, lines);
    }
}
