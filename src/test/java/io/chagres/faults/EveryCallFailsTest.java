package io.chagres.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Each call that the house makes fails with each error that its man page lists, at the first, the second and a later
 * use, and some calls for long.
 *
 * <p>The side concerned is notified. Three others are served byte for byte meanwhile. The loop goes on, and nothing
 * is left open. {@link FaultTable} has the failures and the expected outcomes.
 */
@ExtendWith(HangGuard.class)
@Timeout(90)
class EveryCallFailsTest {

    /** freeaddrinfo(3) has no result, the texts of errors have no errors. No class above sys calls open(2), as ArchitectureTest ensures. */
    private static final Set<String> NEVER_FAIL =
            Set.of("freeaddrinfo", "open", "strerror", "strerrordesc_np", "gai_strerror");

    @TestFactory
    @Covers({
        "node:test-socket-address",
        "node:test-cluster-shared-handle-bind-error",
        "node:test-cluster-shared-handle-bind-privileged-port"
    })
    Stream<DynamicTest> aFailureOfACallReachesOnlyTheSideConcerned() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(FaultRun.class, "-ea");
        Map<String, String> lines = new TreeMap<>();
        outcome.output()
                .lines()
                .map(line -> line.split("\t", 2))
                .forEach(line -> lines.put(line[0], line.length < 2 ? "" : line[1].strip()));
        List<FaultCase> cases = FaultTable.cases();
        DynamicTest complete = dynamicTest(
                "no call is forgotten",
                () -> assertEquals(Set.of(), withoutRow(lines.getOrDefault(FaultRun.LINKED, "nothing"), cases)));
        return Stream.concat(
                Stream.of(complete),
                cases.stream()
                        .map(fault -> dynamicTest(
                                fault.name(),
                                () -> assertEquals(
                                        "", lines.getOrDefault(fault.name(), "it did not run: " + outcome.output())))));
    }

    private static Set<String> withoutRow(String linked, List<FaultCase> cases) {
        Set<String> calls = new TreeSet<>(List.of(linked.split(" ")));
        calls.removeAll(NEVER_FAIL);
        cases.forEach(fault -> calls.removeAll(fault.calls()));
        return calls;
    }
}
