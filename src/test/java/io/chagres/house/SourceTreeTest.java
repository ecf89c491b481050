package io.chagres.house;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rules that bytecode does not show: imports that only javadoc or a constant needs, the length of files, the chapter
 * of each package.
 */
@ExtendWith(HangGuard.class)
class SourceTreeTest {
    private static final Path MAIN = Path.of("src/main/java");
    private static final Path SYS = MAIN.resolve("io/chagres/sys");
    private static final int MAX_LINES = 450;
    /**
     * The classes that people read first, with their javadoc in full. Socket has 75 public methods of its own, and repeats 23 of its parent
     * so that a chain of calls stays with the socket.
     */
    private static final Map<String, Integer> MAX_LINES_OF_A_FACADE = Map.of(
            "Socket.java",
            1000,
            "Server.java",
            700,
            "Duplex.java",
            700,
            "StreamHandle.java",
            700,
            "TlsSocket.java",
            600);

    @ParameterizedTest
    @EnumSource(value = Floor.class, names = "NET", mode = EnumSource.Mode.EXCLUDE)
    void aFloorImportsNothingFromAbove(Floor floor) {
        String above = floor.above().map(Floor::packageName).map(Pattern::quote).collect(joining("|", "(", ")"));
        Pattern upward = Pattern.compile("import (static )?" + above + "\\..*");
        assertNone(
                "import upward",
                sources(floor),
                file -> lines(file).stream()
                        .anyMatch(line -> upward.matcher(line).matches()));
    }

    @Test
    void noFileIsTooLong() {
        assertNone("have too many lines", sources(), file -> lines(file).size() > maxLines(file));
    }

    private static int maxLines(Path file) {
        return MAX_LINES_OF_A_FACADE.getOrDefault(file.getFileName().toString(), MAX_LINES);
    }

    /** In Turkish, "CLOSING".toLowerCase() is another word. In Arabic and German, %d has other digits and other groups. */
    @Test
    void noTextDependsOnTheLanguageOfTheUser() {
        Pattern localized = Pattern.compile(
                "to(Lower|Upper)Case\\(\\)|String\\.format\\((?!\\s*Locale)|printf\\((?!\\s*Locale)|\\.formatted\\(");
        Stream<Path> all =
                Stream.of(MAIN, Path.of("src/jmh/java"), Path.of("examples")).flatMap(SourceTreeTest::sources);
        assertNone(
                "use the default locale",
                all,
                file -> localized.matcher(String.join("\n", lines(file))).find());
    }

    /** O_NONBLOCK belongs to the open file description, which other processes may share: NonBlocking restores it. */
    @Test
    void onePlaceChangesTheFlagsOfADescriptor() {
        Stream<Path> others = sources()
                .filter(file -> !file.endsWith("loop/internal/NonBlocking.java") && !file.startsWith(SYS))
                .filter(file -> !file.endsWith("trace/text/FileText.java")); // it has the name only
        assertNone("change flags", others, file -> lines(file).stream().anyMatch(line -> line.contains("F_SETFL")));
    }

    /** The cached time may be older than the whole time that is granted. IdleTimeout compares with the clock when it fires. */
    @Test
    void timeThatIsGrantedToAPeerCountsFromTheClock() {
        Pattern cached = Pattern.compile("Timer\\.(after|every)\\(|new Timer\\(|timers\\(\\)\\s*\\.start\\(");
        Stream<Path> granting = Stream.of(Floor.SOCKET, Floor.STREAM, Floor.NET)
                .flatMap(SourceTreeTest::sources)
                .filter(file -> !file.endsWith("net/IdleTimeout.java"));
        assertNone(
                "count from the cached time",
                granting,
                file -> lines(file).stream()
                        .anyMatch(line -> !line.strip().startsWith("*")
                                && cached.matcher(line).find()));
    }

    @Test
    void everyPackageHasAPackageInfo() {
        Stream<Path> packages = sources()
                .map(Path::getParent)
                .filter(folder -> !folder.equals(MAIN))
                .distinct();
        assertNone("have no package-info.java", packages, folder -> !Files.exists(folder.resolve("package-info.java")));
    }

    /** NullAway checks marked packages only. */
    @Test
    void everyPackageIsNullMarked() {
        assertNone(
                "are not @NullMarked",
                sources().filter(file -> file.endsWith("package-info.java")),
                file -> !lines(file).contains("@NullMarked"));
    }

    private static void assertNone(String fault, Stream<Path> paths, Predicate<Path> hasFault) {
        assertEquals(List.of(), paths.filter(hasFault).sorted().toList(), () -> "these " + fault);
    }

    private static Stream<Path> sources() {
        return sources(MAIN);
    }

    private static Stream<Path> sources(Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> sources(Floor floor) {
        Path folder = MAIN.resolve(floor.packageName().replace('.', '/'));
        return sources().filter(file -> file.startsWith(folder));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
