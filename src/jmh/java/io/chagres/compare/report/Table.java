package io.chagres.compare.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result of a load in columns, for a terminal. */
public final class Table {

    private static final String NOTHING = "-";

    private final Columns columns = new Columns(1);
    /** True if there is a column with the ratios to one loop. */
    private final boolean hasLoops;

    private Table(Standing standing) {
        hasLoops = standing.rows().stream().anyMatch(row -> row.toOneLoop() != null);
    }

    public static String of(Standing standing) {
        Table table = new Table(standing);
        table.head(standing);
        standing.rows().forEach(row -> table.row(row, standing.metrics()));
        return standing.load() + ": " + standing.says() + '\n' + table.columns;
    }

    private void head(Standing standing) {
        List<String> cells =
                new ArrayList<>(List.of("", standing.reference() == null ? "" : "to " + standing.reference()));
        if (hasLoops) {
            cells.add("to 1 loop");
        }
        standing.metrics().forEach(metric -> cells.add(metric.title()));
        cells.add("");
        columns.add(cells);
    }

    private void row(Standing.Row row, List<Metric> metrics) {
        List<String> cells = new ArrayList<>();
        cells.add(row.server());
        cells.add(ratio(row.ratio()));
        if (hasLoops) {
            cells.add(ratio(row.toOneLoop()));
        }
        for (Metric metric : metrics) {
            Double median = row.medians().get(metric);
            cells.add(median == null ? NOTHING : metric.format(median));
        }
        cells.add(row.noise().isEmpty() ? "" : "~ " + String.join(", ", row.noise()));
        columns.add(cells);
    }

    private static String ratio(Double ratio) {
        return ratio == null ? NOTHING : String.format(Locale.ROOT, "%.2f", ratio);
    }
}
