package io.chagres.house;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Every program below examples/ compiles alone, without preview features. A lab compiles with its hole, and so does its solution. */
@ExtendWith(HangGuard.class)
class ExamplesCompileTest {
    @TempDir
    Path output;

    @TestFactory
    List<DynamicTest> everyExampleCompiles() throws IOException {
        try (Stream<Path> examples = Files.walk(Path.of("examples"))) {
            return examples.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .map(this::compiles)
                    .toList();
        }
    }

    private DynamicTest compiles(Path example) {
        return dynamicTest(example.toString(), () -> Javac.assertCompiles(example, output));
    }
}
