package io.chagres.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The results in docs/ have one round a line, so that a change of them can be read, and a round found by grep. */
@ExtendWith(HangGuard.class)
class ResultFilesTest {

    private static final Pattern ELEMENT = Pattern.compile("\\{\"(load|benchmark)\":.*},?");

    @ParameterizedTest
    @ValueSource(strings = {"compare.json", "compare-64x64.json", "bench.json"})
    void everyRoundIsOneLine(String name) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("docs", name));
        List<String> elements = lines.stream()
                .filter(line -> line.contains("\"load\"") || line.contains("\"benchmark\""))
                .toList();
        assertTrue(elements.size() > 10, () -> elements.size() + " elements");
        assertEquals(
                List.of(),
                elements.stream()
                        .filter(line -> !ELEMENT.matcher(line).matches())
                        .toList());
    }
}
