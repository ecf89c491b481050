package io.chagres.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ForkedJvm;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each call of a server and of a client fails with each error that its man page lists, at the first, the second and a later
 * use: the one concerned is told, three others are served byte for byte meanwhile, the loop lives, and nothing is left open.
 * {@link FaultTable} says what fails and what shall come of it.
 */
class EveryCallFailsTest {

    @TestFactory
    @Covers("node:test-socket-address")
    List<DynamicTest> onlyTheOneConcernedIsTold() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(FaultRun.class, "-ea");
        Map<String, String> complaints = new TreeMap<>();
        outcome.output().lines().map(line -> line.split("\t", 2))
            .forEach(line -> complaints.put(line[0], line.length < 2 ? "" : line[1].strip()));
        return FaultTable.cases().stream()
            .map(fault -> dynamicTest(fault.name(), () ->
                assertEquals("", complaints.getOrDefault(fault.name(), "it did not run: " + outcome.output()))))
            .toList();
    }
}
