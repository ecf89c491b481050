package io.chagres.docs;

import static java.util.stream.Collectors.toCollection;

import io.chagres.docs.MarkdownPage.Mark;
import io.chagres.trace.TraceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Produces what the documents show: source code, traces, diagrams, the pages of recorded runs, and the line numbers of links to
 * declarations. {@code make docs} writes them, and DocsTest compares.
 */
final class Docs {

    static final Path FOLDER = Path.of("docs");
    static final Path COURSE = FOLDER.resolve("course");
    static final Path RUNS = COURSE.resolve("runs");

    private static final Pattern SOURCE_LINK = Pattern.compile("(.*\\.java)#L\\d+");
    private static final Pattern SOURCE_TEXT = Pattern.compile("\\[`(?:\\w+\\.)*?(\\w+(?:\\([^)]*\\))?)`\\]");

    private final Path compiled;
    private final TraceOptions options;
    private final Map<String, LessonRun> runs = new HashMap<>();
    private final Map<Path, Declarations> sources = new HashMap<>();

    /** Compiles the programs of the lessons into an empty folder. They will be traced with {@code options}. */
    Docs(Path compiled, TraceOptions options) throws IOException {
        LessonRun.compile(compiled);
        this.compiled = compiled;
        this.options = options;
    }

    public static void main(String[] args) throws IOException {
        Docs docs = new Docs(
                Files.createTempDirectory("lessons"), TraceOptions.defaults().socketStates(true));
        for (Path file : pages()) {
            Files.writeString(file, docs.produce(MarkdownPage.read(file)).text());
        }
        for (String program : programs()) {
            Files.createDirectories(RUNS);
            writeRun(RUNS.resolve(program + ".html"), docs.run(program).page());
        }
    }

    private static void writeRun(Path file, String page) throws IOException {
        boolean isSame =
                Files.exists(file) && withoutSockets(Files.readString(file)).equals(withoutSockets(page));
        if (!isSame) {
            Files.writeString(file, page);
        }
    }

    /**
     * The states of the sockets are not compared: a segment on its way arrives before or after the kernel's table was read, and reading
     * it takes most of the time of a run.
     */
    static String withoutSockets(String page) {
        return page.replaceAll(",?\"sockets\":\\[(\\[[^\\]]*\\],?)*\\]", "");
    }

    /** Returns the README and all pages of the documentation. */
    static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return Stream.concat(
                            Stream.of(Path.of("README.md")),
                            files.filter(file -> file.toString().endsWith(".md"))
                                    .sorted())
                    .toList();
        }
    }

    /** Returns the programs whose runs are shown. */
    static TreeSet<String> programs() throws IOException {
        return pages().stream()
                .flatMap(file -> MarkdownPage.read(file).marks().stream())
                .filter(mark -> !mark.kind().equals("code"))
                .map(Mark::subject)
                .collect(toCollection(TreeSet::new));
    }

    /** Returns the page as it should be. */
    MarkdownPage produce(MarkdownPage page) {
        return page.withBlocks(this::block).withLinks((text, target) -> link(page, text, target));
    }

    private String block(Mark mark) {
        return switch (mark.kind()) {
            case "code" -> code(mark.subject());
            case "trace" -> run(mark.subject()).trace();
            case "prints" -> run(mark.subject()).prints();
            default -> run(mark.subject()).diagram();
        };
    }

    private String code(String subject) {
        String[] fileAndName = subject.split("#");
        Declarations source = source(Path.of(fileAndName[0]));
        return fileAndName.length == 1 ? source.program() : source.text(fileAndName[1]);
    }

    LessonRun run(String program) {
        return runs.computeIfAbsent(program, name -> {
            try {
                return LessonRun.of(name, compiled, options);
            } catch (Exception e) {
                throw new AssertionError("the program " + name, e);
            }
        });
    }

    /** A link to a line of a source file follows the declaration that its text names, such as {@code [`Socket.end`]}. */
    private String link(MarkdownPage page, String text, String target) {
        Matcher link = SOURCE_LINK.matcher(target);
        Matcher name = SOURCE_TEXT.matcher(text);
        if (!link.matches() || !name.matches()) {
            return target;
        }
        Path file = page.file().resolveSibling(link.group(1)).normalize();
        return link.group(1) + "#L" + source(file).line(name.group(1));
    }

    private Declarations source(Path file) {
        return sources.computeIfAbsent(file, Declarations::of);
    }
}
