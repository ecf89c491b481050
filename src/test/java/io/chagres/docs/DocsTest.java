package io.chagres.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.chagres.docs.MarkdownPage.Link;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.OldWays;
import io.chagres.trace.TraceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the documents show is what {@code make docs} produces, and their links lead somewhere. */
@ExtendWith(HangGuard.class)
class DocsTest {

    private static final String ADVICE = " is out of date: run `make docs` and look at the difference";

    @TempDir
    static Path compiled;

    @TestFactory
    Stream<DynamicTest> everyPageIsUpToDate() throws IOException {
        assumeFalse(OldWays.copiesHeapMemory(), "the pages show the calls of JDK 24 and newer");
        Docs docs = new Docs(compiled, TraceOptions.defaults());
        Stream<DynamicTest> pages = Docs.pages().stream()
                .map(file -> dynamicTest(file.toString(), () -> {
                    MarkdownPage page = MarkdownPage.read(file);
                    assertEquals(docs.produce(page).text(), page.text(), file + ADVICE);
                }));
        Stream<DynamicTest> runs = Docs.programs().stream()
                .map(program -> dynamicTest("the run of " + program, () -> {
                    Path file = Docs.RUNS.resolve(program + ".html");
                    String expected = Docs.withoutSockets(docs.run(program).page());
                    assertTrue(expected.equals(Docs.withoutSockets(Files.readString(file))), file + ADVICE);
                }));
        return Stream.concat(pages, runs);
    }

    @TestFactory
    Stream<DynamicTest> everyLinkLeadsSomewhere() throws IOException {
        return Docs.pages().stream()
                .map(MarkdownPage::read)
                .flatMap(page -> page.links().stream()
                        .filter(link -> !link.target().matches("\\w+:.*"))
                        .map(link -> dynamicTest(
                                page.file() + ":" + link.line() + " " + link.target(), () -> follow(page, link))));
    }

    private static void follow(MarkdownPage page, Link link) {
        String[] parts = link.target().split("#", 2);
        Path file = parts[0].isEmpty()
                ? page.file()
                : page.file().resolveSibling(parts[0]).normalize();
        assertTrue(Files.exists(file), () -> file + " does not exist");
        if (parts.length > 1 && file.toString().endsWith(".md")) {
            assertTrue(
                    MarkdownPage.read(file).anchors().contains(parts[1]),
                    () -> file + " has no heading for #" + parts[1]);
        }
    }

    @TestFactory
    Stream<DynamicTest> theLanguagesHaveTheSameSections() throws IOException {
        Path chinese = Docs.COURSE.resolve("zh");
        List<Path> names = pageNames(Docs.COURSE);
        assertFalse(names.isEmpty());
        assertEquals(names, pageNames(chinese), "the pages of " + chinese);
        return names.stream()
                .map(name -> dynamicTest(name.toString(), () -> {
                    MarkdownPage one = MarkdownPage.read(Docs.COURSE.resolve(name));
                    MarkdownPage other = MarkdownPage.read(chinese.resolve(name));
                    assertEquals(one.outline(), other.outline(), "the headings of " + other.file());
                    assertEquals(one.marks(), other.marks(), "the blocks of " + other.file());
                }));
    }

    private static List<Path> pageNames(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::getFileName)
                    .filter(name -> name.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** A diagram that was pasted would become stale. */
    @Test
    void everyDiagramIsProduced() throws IOException {
        for (Path file : Docs.pages()) {
            List<String> lines = MarkdownPage.read(file).lines();
            for (int line = 1; line < lines.size(); line++) {
                boolean isDiagram = lines.get(line).equals("```mermaid");
                assertTrue(!isDiagram || lines.get(line - 1).startsWith("<!-- diagram "), file + ":" + (line + 1));
            }
        }
    }

    /** One block of each kind stands for all of them, and a link to a declaration. */
    @Test
    void aPlantedChangeIsNoticed() throws IOException {
        Docs docs = new Docs(compiled, TraceOptions.defaults());
        MarkdownPage page = MarkdownPage.read(Docs.COURSE.resolve("04-connect.md"));
        for (String mark : List.of("<!-- code ", "<!-- trace ", "<!-- diagram ")) {
            int block = firstLine(page, mark) + 2;
            assertStale(docs, page, block, page.lines().get(block) + " ");
        }
        int link = firstLine(page, "1. The user calls [`Net.connect");
        assertStale(docs, page, link, page.lines().get(link).replaceAll("#L\\d+", "#L1"));
    }

    private static int firstLine(MarkdownPage page, String beginning) {
        int line = 0;
        while (!page.lines().get(line).startsWith(beginning)) {
            line++;
        }
        return line;
    }

    private static void assertStale(Docs docs, MarkdownPage page, int line, String text) {
        List<String> changed = new ArrayList<>(page.lines());
        changed.set(line, text);
        MarkdownPage stale = new MarkdownPage(page.file(), changed);
        assertNotEquals(docs.produce(stale).text(), stale.text(), page.file() + ":" + (line + 1));
    }
}
