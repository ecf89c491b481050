package io.chagres.compare.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines of cells in columns: the first columns and the last contain text, which is aligned to the left. */
public final class Columns {

    private final int texts;
    private final List<List<String>> lines = new ArrayList<>();

    /** @param texts the number of columns of text before the figures */
    public Columns(int texts) {
        this.texts = texts;
    }

    /** Adds a line, which has as many cells as all others. */
    public void add(List<String> cells) {
        lines.add(List.copyOf(cells));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            for (int column = 0; column < line.size(); column++) {
                boolean isText = column < texts || column == line.size() - 1;
                text.append("  ")
                        .append(String.format(
                                Locale.ROOT, "%" + (isText ? "-" : "") + width(column) + "s", line.get(column)));
            }
            text.setLength(text.toString().stripTrailing().length());
            text.append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return Math.max(
                1,
                lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(1));
    }
}
