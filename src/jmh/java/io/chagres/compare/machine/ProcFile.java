package io.chagres.compare.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file below /proc or /sys. */
final class ProcFile {

    private ProcFile() {}

    static List<String> lines(String path) {
        try {
            return Files.readAllLines(Path.of(path));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Returns the text behind {@code name} and a colon, in the first line that begins with them. */
    static Optional<String> field(String path, String name) {
        return lines(path).stream()
                .filter(line -> line.startsWith(name)
                        && line.substring(name.length()).stripLeading().startsWith(":"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    /** Returns the bytes of a field such as {@code VmRSS:   1234 kB}. */
    static long kibibytes(String path, String name) {
        return field(path, name)
                .map(value -> Long.parseLong(value.split(" ")[0]))
                .orElseThrow();
    }
}
