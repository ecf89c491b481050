package io.chagres.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Each step that can fail with an Error (an object, an array, a collection that grows, native memory, a thread) fails once: each
 * request gets one answer or throws, the loop goes on, and nothing is left open. {@link ErrorExercises} has the work meanwhile;
 * the steps are found in the classes themselves.
 */
@ExtendWith(HangGuard.class)
class EveryStepFailsTest {

    @TestFactory
    Stream<DynamicTest> anErrorBetweenTwoStepsLeavesNothingHalfDone() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(command());
        Map<String, String[]> lines = new TreeMap<>();
        outcome.output()
                .lines()
                .map(line -> line.split("\t", -1))
                .filter(line -> line.length == 3)
                .forEach(line -> lines.put(line[0], line));
        return ErrorExercises.all().keySet().stream()
                .map(exercise -> dynamicTest(exercise, () -> {
                    String[] line = lines.get(exercise);
                    assertNotNull(line, () -> "it did not run: " + outcome.output());
                    assertEquals(ErrorRun.FINE, line[2]);
                    assertTrue(Integer.parseInt(line[1]) > 0, "it has no steps");
                }));
    }

    /** With the library that can rewrite classes. */
    private static List<String> command() throws Exception {
        List<String> command = new ArrayList<>(ForkedJvm.command(ErrorRun.class, "-ea", "-XX:TieredStopAtLevel=1"));
        Path archUnit = Path.of(ClassFileImporter.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        int classPath = command.indexOf("-cp") + 1;
        command.set(classPath, command.get(classPath) + File.pathSeparator + archUnit);
        return command;
    }
}
