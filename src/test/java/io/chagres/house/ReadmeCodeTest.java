package io.chagres.house;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every Java block of the README and of the documents compiles, whole programs and fragments alike. A block below a mark is not
 * compiled: it is a copy of source code, and DocsTest
 * compares it; or it needs a library that is not there.
 */
@ExtendWith(HangGuard.class)
class ReadmeCodeTest {
    @TempDir
    Path folder;

    @TestFactory
    List<DynamicTest> everyJavaBlockCompiles() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : pages()) {
            ReadmeBlock.of(Files.readAllLines(page)).forEach(block -> tests.add(compiles(page, block)));
        }
        assertFalse(tests.isEmpty(), "no page shows Java");
        return tests;
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of(Path.of("README.md")),
                            files.filter(file -> file.toString().endsWith(".md"))
                                    .sorted())
                    .toList();
        }
    }

    private DynamicTest compiles(Path page, ReadmeBlock block) {
        return dynamicTest(page + ", line " + block.line(), () -> {
            Path ownFolder = Files.createTempDirectory(folder, "block");
            Path file = Files.writeString(ownFolder.resolve(block.className() + ".java"), block.source());
            Javac.assertCompiles(file, ownFolder);
        });
    }
}
