package io.chagres.conformance;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Writes docs/CONFORMANCE.md. The same tables and tests always give the same text. */
final class ConformanceReport {
    static final Path FILE = Path.of("docs/CONFORMANCE.md");

    private static final String INTRODUCTION = """
            # Conformance

            This file lists the points of the chapter that Chagres implements, and the tests of libuv and Node, with the tests of
            Chagres that show the same fact. `make conformance` writes it from `src/test/resources/conformance` and the `@Covers`
            of the tests.

            * A row is *covered* if a test names it.
            * It is *n/a* if it does not apply to Chagres.
            * It *differs* if Chagres behaves otherwise on purpose. If a test shows that, the row counts in both columns.
            * It is *open* otherwise.

            """;
    private static final String COUNTS = "rows | covered | n/a | differs | open |\n";

    private final Conformance conformance;
    private final StringBuilder text = new StringBuilder(INTRODUCTION);

    private ConformanceReport(Conformance conformance) {
        this.conformance = conformance;
    }

    public static void main(String[] args) throws IOException {
        Conformance conformance = new Conformance();
        if (!conformance.faults().isEmpty()) {
            System.err.println(String.join("\n", conformance.faults()));
            System.exit(1);
        }
        Files.writeString(FILE, of(conformance));
    }

    static String of(Conformance conformance) {
        ConformanceReport report = new ConformanceReport(conformance);
        report.overview();
        for (Source source : Source.values()) {
            report.chapter(source, conformance.rows(source));
        }
        return report.text.toString();
    }

    private void overview() {
        text.append("| | ").append(COUNTS).append("|---|---|---|---|---|---|\n");
        for (Source source : Source.values()) {
            count(source.title(), conformance.rows(source));
        }
    }

    private void chapter(Source source, List<Row> rows) {
        text.append("\n## ")
                .append(source.title())
                .append("\n\n")
                .append(source.introduction())
                .append('\n');
        summary(rows);
        list("Covered", rows, conformance::isCovered, "test", this::tests);
        list("Differing", rows, conformance::differs, "why", conformance::reason);
        list("Not applicable", rows, conformance::doesNotApply, "why", conformance::reason);
        list("Open", rows, conformance::isOpen, "scope", Row::scope);
    }

    private void summary(List<Row> rows) {
        text.append("\n| scope | priority | ").append(COUNTS).append("|---|---|---|---|---|---|---|\n");
        rows.stream()
                .collect(groupingBy(row -> row.mainScope() + " | " + row.priority(), LinkedHashMap::new, toList()))
                .forEach(this::count);
    }

    private void count(String label, List<Row> rows) {
        text.append("| ").append(label).append(" | ").append(rows.size());
        count(rows, conformance::isCovered);
        count(rows, conformance::doesNotApply);
        count(rows, conformance::differs);
        count(rows, conformance::isOpen);
        text.append(" |\n");
    }

    private void count(List<Row> rows, Predicate<Row> predicate) {
        text.append(" | ").append(rows.stream().filter(predicate).count());
    }

    private void list(
            String title, List<Row> rows, Predicate<Row> predicate, String column, Function<Row, String> cell) {
        List<Row> listed = rows.stream().filter(predicate).toList();
        if (listed.isEmpty()) {
            return;
        }
        text.append("\n### ")
                .append(title)
                .append("\n\n| row | fact | ")
                .append(column)
                .append(" |\n|---|---|---|\n");
        for (Row row : listed) {
            text.append("| %s | %s | %s |\n".formatted(row.name(), row.fact(), cell.apply(row)));
        }
    }

    private String tests(Row row) {
        return conformance.testsOf(row).stream().map(test -> "`" + test + "`").collect(joining("<br>"));
    }
}
