package io.chagres.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The error for a bad argument names the parameter, or the option, that the caller sees. */
@ExtendWith(HangGuard.class)
class ArgumentNamesTest {

    /** A check of an argument, with the name for the message last: {@code requireRange(fd, 0, MAX, "options.fd")}. */
    private static final Pattern CHECK =
            Pattern.compile("\\b(?:require\\w*|microsOf)\\((\\w+)(?:, [^\";]*?)?, \"([\\w.]+)\"\\)");
    /** A message that quotes a name, as in Node. */
    private static final Pattern QUOTED =
            Pattern.compile("The (?:value of|argument|property) (?:\\\\\"|')([\\w.]+)(?:\\\\\"|')");
    /** The parameters of callers that have another name than the parameter of the method that checks them. */
    private static final Map<String, String> SAME = Map.of("time", "grace");

    private final List<String> wrong = new ArrayList<>();
    private int checked;

    @Test
    void everyErrorNamesTheParameterOrTheOption() {
        Map<Path, String> sources = sources();
        sources.forEach((file, text) -> {
            CHECK.matcher(text).results().forEach(found -> check(file, text, found.group(1), found.group(2)));
            String all = String.join("\n", sources.values());
            QUOTED.matcher(text).results().map(MatchResult::group).forEach(found -> checked++);
            QUOTED.matcher(text)
                    .results()
                    .filter(found -> !isParameter(found.group(1), all) && !isOption(found.group(1), all))
                    .forEach(found ->
                            wrong.add(file.getFileName() + ": no parameter or option is called " + found.group(1)));
        });
        assertTrue(checked > 100, () -> "only " + checked + " messages were found");
        assertEquals(List.of(), wrong);
    }

    private void check(Path file, String text, String argument, String name) {
        checked++;
        boolean fits = name.startsWith("options.")
                ? isOption(name, text)
                : name.equals(argument) || name.equals(SAME.get(argument)) || isSetter(name, file, text);
        if (!fits) {
            wrong.add(file.getFileName() + ": " + argument + " is called " + name);
        }
    }

    /** A caller of {@code options.highWaterMark(bytes)} sees the name of the method. */
    private static boolean isSetter(String name, Path file, String text) {
        String type = file.getFileName().toString().replace(".java", "");
        return text.contains("public " + type + " " + name + "(");
    }

    private static boolean isParameter(String name, String text) {
        return Pattern.compile("[(,] ?(?:final )?[\\w.<>?, ]+(?:\\[]|\\.\\.\\.)? " + Pattern.quote(name) + "[,)]")
                .matcher(text)
                .find();
    }

    /** "options.noDelay" is the method noDelay, "options.onRead.buffer" a parameter of onRead. */
    private static boolean isOption(String name, String text) {
        return name.startsWith("options.") && text.contains(" " + name.split("\\.")[1] + "(");
    }

    private static Map<Path, String> sources() {
        Map<Path, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(found -> found.toString().endsWith(".java")).toList()) {
                sources.put(file, Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }
}
