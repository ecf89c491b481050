package io.chagres.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The tab-separated tables that people write. The first line has the names of the columns. */
final class Tables {
    private static final Path FOLDER = Path.of("src/test/resources/conformance");

    private Tables() {}

    static List<Row> rows() {
        return Stream.of(Source.values()).flatMap(Tables::rows).toList();
    }

    static List<Decision> decisions() {
        return lines("decisions", 3)
                .map(cells -> new Decision(cells[0], Decision.Kind.of(cells[1]), cells[2]))
                .toList();
    }

    private static Stream<Row> rows(Source source) {
        return lines(source.table(), 4).map(cells -> new Row(source, cells[0], cells[1], cells[2], cells[3]));
    }

    private static Stream<String[]> lines(String table, int columns) {
        Path file = FOLDER.resolve(table + ".tsv");
        try {
            return Files.readAllLines(file).stream().skip(1).map(line -> cells(file, line, columns));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] cells(Path file, String line, int columns) {
        String[] cells = line.split("\t", -1);
        if (cells.length != columns) {
            throw new IllegalArgumentException(file + ": " + columns + " columns expected in: " + line);
        }
        return cells;
    }
}
