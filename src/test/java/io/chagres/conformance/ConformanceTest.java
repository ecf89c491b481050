package io.chagres.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** docs/CONFORMANCE.md is what the tests say today. */
@ExtendWith(HangGuard.class)
class ConformanceTest {
    private final Conformance conformance = new Conformance();

    @Test
    void testsAndDecisionsNameRealRows() {
        assertEquals("", String.join("\n", conformance.faults()));
    }

    @Test
    void theReportIsUpToDate() throws IOException {
        assertTrue(Files.exists(ConformanceReport.FILE), "docs/CONFORMANCE.md is missing: run `make conformance`");
        boolean upToDate = Files.readString(ConformanceReport.FILE).equals(ConformanceReport.of(conformance));
        assertTrue(upToDate, "docs/CONFORMANCE.md is out of date: run `make conformance`");
    }
}
