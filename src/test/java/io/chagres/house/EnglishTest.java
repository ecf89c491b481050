package io.chagres.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The prose of the project follows the section "How it is written" of CONTRIBUTING.md, as far as a program can check it. */
@ExtendWith(HangGuard.class)
class EnglishTest {

    private static final Path CONTRIBUTING = Path.of("CONTRIBUTING.md");
    private static final String BANNED_LINE = "> Banned: ";

    /** Files that this test reads for the words, or that are generated from files that it reads, are left out in {@link #walk}. */
    private static final List<Path> TREES = List.of(Path.of("src"), Path.of("docs"), Path.of("examples"));

    private static final Pattern DOCUMENT =
            Pattern.compile("(README|DESIGN|CONTRIBUTING|CHANGELOG|SECURITY|RELEASING)\\.md|pom\\.xml|Makefile");
    private static final Pattern TEXT = Pattern.compile(".*\\.(java|md|tsv|c|js|properties|xml)");

    private static final Pattern WORD_BORDER = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_");
    private static final Pattern JAVADOC_OPENING =
            Pattern.compile("/\\*\\*[\\s*]*(<p>)?(As|How|What|When|Where|Whether|Which|Who|Whose|Why)\\b");
    private static final Pattern LIMIT = Pattern.compile("\\b(MOST|LEAST|LONGEST)_[A-Z0-9_]+\\b");

    @Test
    void noTextHasABannedWord() {
        assertEquals(List.of(), findings(texts(), bannedWords(), EnglishTest::apart));
    }

    @Test
    void javadocOpensWithAVerbOrANoun() {
        assertEquals(List.of(), findingsInWhole(sources("src/main"), JAVADOC_OPENING));
    }

    @Test
    void limitsAreNamedMinAndMax() {
        assertEquals(List.of(), findings(texts().filter(EnglishTest::isJava), LIMIT, line -> line));
    }

    @Test
    void aBannedWordInsideANameIsFound() {
        assertEquals(List.of("nobody"), matches("void nobodyListens() {"));
        assertEquals(List.of("is told"), matches("void theListenerIsToldOnce() {"));
        assertEquals(List.of("was told", "anew"), matches("* it was told, and began anew"));
        assertEquals(List.of(), matches("void aWatcherHasANewDescriptor() {"));
        assertEquals(List.of(), matches("a renewed heading of the marshalling"));
    }

    private static List<String> matches(String line) {
        return bannedWords()
                .matcher(apart(line))
                .results()
                .map(match -> match.group().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The words of the line that bans them. */
    private static Pattern bannedWords() {
        List<String> lines = lines(CONTRIBUTING).stream()
                .filter(line -> line.startsWith(BANNED_LINE))
                .toList();
        assertFalse(lines.isEmpty(), "CONTRIBUTING.md has no line that begins with " + BANNED_LINE);
        String words = Stream.of(
                        lines.getFirst().substring(BANNED_LINE.length()).split(","))
                .map(word -> word.strip().replace(" ", "\\s+"))
                .collect(Collectors.joining("|"));
        return Pattern.compile("\\b(" + words + ")\\b", Pattern.CASE_INSENSITIVE);
    }

    /** The words of camelCase and SNAKE_CASE names, apart. */
    private static String apart(String line) {
        return WORD_BORDER.matcher(line).replaceAll(" ");
    }

    private static List<String> findings(Stream<Path> files, Pattern pattern, UnaryOperator<String> reading) {
        List<String> findings = new ArrayList<>();
        files.forEach(file -> {
            int number = 0;
            for (String line : lines(file)) {
                number++;
                Matcher matcher = pattern.matcher(reading.apply(line));
                while (!line.startsWith(BANNED_LINE) && matcher.find()) {
                    findings.add(file + ":" + number + ": " + matcher.group());
                }
            }
        });
        return findings;
    }

    private static List<String> findingsInWhole(Stream<Path> files, Pattern pattern) {
        List<String> findings = new ArrayList<>();
        files.forEach(file -> {
            String text = String.join("\n", lines(file));
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                long line = text.substring(0, matcher.end()).lines().count();
                findings.add(file + ":" + line + ": " + matcher.group(2));
            }
        });
        return findings;
    }

    private static Stream<Path> texts() {
        Stream<Path> documents;
        try (Stream<Path> files = Files.list(Path.of(""))) {
            documents = files.filter(file -> DOCUMENT.matcher(file.toString()).matches()).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Stream.concat(documents, TREES.stream().flatMap(EnglishTest::walk));
    }

    private static Stream<Path> sources(String tree) {
        return walk(Path.of(tree)).filter(EnglishTest::isJava);
    }

    private static boolean isJava(Path file) {
        return file.toString().endsWith(".java");
    }

    private static Stream<Path> walk(Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            return files
                    .filter(file -> TEXT.matcher(file.toString()).matches())
                    .filter(file -> !file.endsWith("EnglishTest.java") && !file.endsWith("CONFORMANCE.md"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
