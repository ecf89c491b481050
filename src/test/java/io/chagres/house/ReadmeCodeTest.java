package io.chagres.house;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Every Java block of the README compiles, whole programs and fragments alike. */
@ExtendWith(HangGuard.class)
class ReadmeCodeTest {
    @TempDir
    Path folder;

    @TestFactory
    List<DynamicTest> everyJavaBlockCompiles() throws IOException {
        List<ReadmeBlock> blocks = ReadmeBlock.of(Files.readAllLines(Path.of("README.md")));
        assertFalse(blocks.isEmpty(), "README.md shows no Java");
        return blocks.stream().map(this::compiles).toList();
    }

    private DynamicTest compiles(ReadmeBlock block) {
        return dynamicTest("README.md, line " + block.line(), () -> {
            Path ownFolder = Files.createDirectory(folder.resolve("line" + block.line()));
            Path file = Files.writeString(ownFolder.resolve(block.className() + ".java"), block.source());
            Javac.assertCompiles(file, ownFolder);
        });
    }
}
