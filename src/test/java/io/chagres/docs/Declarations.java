package io.chagres.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The declarations of a source file, found by name. The formatter of the project lays out every file, so a declaration begins at a
 * known indentation, and ends with a brace at the same one.
 */
final class Declarations {

    private static final String MODIFIERS =
            "^( {0,8})(?:public |protected |private |static |final |abstract |sealed |synchronized |default )*";

    private static final String NO_STATEMENT = "(?!return |new |throw |else |case |yield |assert )(?:<.+?> )?";

    /** The type of a method or field. A constructor has none, so it is found by the name of its class. */
    private static final String TYPE = "[\\w@<][\\w.<>\\[\\]?, @]* ";

    private final Path file;
    private final List<String> lines;

    private Declarations(Path file, List<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    static Declarations of(Path file) {
        try {
            return new Declarations(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the line, from 1, on which a type, method, constructor or field is declared.
     *
     * @param name such as {@code listen}, or {@code listen(int)} with the beginning of the parameters
     */
    int line(String name) {
        int bracket = name.indexOf('(');
        String simple = bracket < 0 ? name : name.substring(0, bracket);
        String parameters =
                bracket < 0 ? "" : Pattern.quote(name.substring(bracket + 1).replace(")", ""));
        List<Pattern> kinds = List.of(
                Pattern.compile(MODIFIERS + "(?:class|interface|enum|record|@interface) " + simple + "\\b.*"),
                Pattern.compile(MODIFIERS + NO_STATEMENT + TYPE + simple + "\\(" + parameters + ".*"),
                Pattern.compile(MODIFIERS + NO_STATEMENT + TYPE + simple + "(?: =.*|;)"),
                Pattern.compile("^ {4}" + simple + "[,;(].*|^ {4}" + simple + "$"));
        return kinds.stream()
                .flatMapToInt(kind -> IntStream.rangeClosed(1, lines.size())
                        .filter(line -> kind.matcher(lines.get(line - 1)).matches()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(file + " declares no " + name));
    }

    /** Returns the text of a declaration without its javadoc, moved to the left. */
    String text(String name) {
        int start = line(name) - 1;
        String indent = lines.get(start).replaceAll("\\S.*", "");
        int end = start;
        while (!lines.get(end).matches(indent + "\\S.*[;}]") && !lines.get(end).equals(indent + "}")) {
            end++;
        }
        return String.join("\n", lines.subList(start, end + 1)).stripIndent() + "\n";
    }

    /** Returns the text of the whole file from its imports or type on. */
    String program() {
        return String.join("\n", lines) + "\n";
    }
}
