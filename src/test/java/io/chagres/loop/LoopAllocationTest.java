package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LoopAllocationTest {

    /**
     * For each system call java.lang.foreign makes a view of the segment that errno goes to. The compiler does away with
     * it where it inlines the call to its end, and from the loop down that is further than the 15 levels that it goes by
     * default: whether it is there depends on which method it compiles first.
     */
    private static final String DEEP_INLINING = "-XX:MaxInlineLevel=25";

    @Test
    void whatALoopDoesOverAndOverMakesNoGarbage() throws IOException, InterruptedException {
        ForkedJvm.Outcome outcome = ForkedJvm.run(LoopGarbage.class, DEEP_INLINING);
        assertEquals("", outcome.output());
        assertEquals(0, outcome.status());
    }
}
