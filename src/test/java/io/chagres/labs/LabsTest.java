package io.chagres.labs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.OpenDescriptors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The check of each lab fails with its hole, with a message that says what is missing, and passes with its solution. */
@ExtendWith(HangGuard.class)
@Timeout(90)
class LabsTest {

    private static final int LABS = 10;
    private static final Pattern RESULT = Pattern.compile("(Lab|Solution) (\\d+): (.*(?:\\n  .*)*)");

    @TempDir
    static Path output;

    private static final Map<Integer, String> holes = new HashMap<>();
    private static final Map<Integer, String> solutions = new HashMap<>();
    private static Map<String, String> leftOpen = Map.of();

    @BeforeAll
    static void checkAll() throws Exception {
        OpenDescriptors before = OpenDescriptors.now();
        List<String> command = new ArrayList<>(ForkedJvm.command(Labs.class, "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("all", "both", output.toString()));
        String printed = ForkedJvm.run(command).output();
        Matcher result = RESULT.matcher(printed);
        while (result.find()) {
            Map<Integer, String> results = result.group(1).equals("Lab") ? holes : solutions;
            results.put(Integer.parseInt(result.group(2)), result.group(3));
        }
        assertEquals(LABS, holes.size(), printed);
        assertEquals(LABS, solutions.size(), printed);
        leftOpen = OpenDescriptors.now().since(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    1  | expected: 5 bytes and then the end
                    2  | expected: message 1 of client 3
                    3  | expected: 5 bytes and then the end
                    4  | expected: hello
                    5  | expected: your question: how far is it?\\nthe answer: 14 letters\\n
                    6  | expected: at most 10
                    7  | socket EMFILE
                    8  | expected: 100
                    9  | expected: less than its high-water mark of
                    10 | happened: still open after 5 s
                    """)
    void aHoleIsFoundAndNamed(int lab, String message) {
        String result = holes.get(lab);
        skipIfTheMachineDoesNotAllow(result);
        assertTrue(result.startsWith(Labs.NOT_YET), result);
        assertTrue(result.contains(message), result);
        assertTrue(result.contains("examples/labs/Lab" + lab + ".java"), result);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aSolutionPasses(int lab) {
        String result = solutions.get(lab);
        skipIfTheMachineDoesNotAllow(result);
        assertTrue(result.startsWith(Labs.PASSED), result);
    }

    private static void skipIfTheMachineDoesNotAllow(String result) {
        assumeFalse(result.startsWith(Labs.SKIPPED), result);
    }

    @Test
    void nothingIsLeftAlive() {
        assertEquals(Map.of(), leftOpen);
        assertEquals(
                List.of(),
                ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(output.toString()))
                        .filter(ProcessHandle::isAlive)
                        .map(ProcessHandle::info)
                        .toList());
    }
}
