package io.chagres.compare.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result of a load in columns, for a terminal. */
public final class Table {

    private static final String NOTHING = "-";

    private final List<String[]> lines = new ArrayList<>();

    private Table() {}

    public static String of(Standing standing) {
        Table table = new Table();
        table.head(standing);
        standing.rows().forEach(row -> table.row(row, standing.metrics()));
        return standing.load() + ": " + standing.says() + '\n' + table.inColumns();
    }

    private void head(Standing standing) {
        List<String> cells =
                new ArrayList<>(List.of("", standing.reference() == null ? "" : "to " + standing.reference()));
        standing.metrics().forEach(metric -> cells.add(metric.title()));
        cells.add("");
        lines.add(cells.toArray(String[]::new));
    }

    private void row(Standing.Row row, List<Metric> metrics) {
        List<String> cells = new ArrayList<>();
        cells.add(row.server());
        cells.add(row.ratio() == null ? NOTHING : String.format(Locale.ROOT, "%.2f", row.ratio()));
        for (Metric metric : metrics) {
            Double median = row.medians().get(metric);
            cells.add(median == null ? NOTHING : metric.format(median));
        }
        cells.add(row.noise().isEmpty() ? "" : "~ " + String.join(", ", row.noise()));
        lines.add(cells.toArray(String[]::new));
    }

    /** Aligns names to the left and figures to the right. Remarks follow the figures. */
    private String inColumns() {
        StringBuilder text = new StringBuilder();
        for (String[] line : lines) {
            for (int column = 0; column < line.length; column++) {
                boolean isText = column == 0 || column == line.length - 1;
                text.append("  ")
                        .append(String.format(
                                Locale.ROOT, "%" + (isText ? "-" : "") + width(column) + "s", line[column]));
            }
            text.setLength(text.toString().stripTrailing().length());
            text.append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return Math.max(
                1, lines.stream().mapToInt(line -> line[column].length()).max().orElse(1));
    }
}
