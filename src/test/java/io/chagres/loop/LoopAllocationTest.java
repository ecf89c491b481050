package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LoopAllocationTest {

    @Test
    void theRepeatedStepsOfALoopMakeNoGarbage() throws IOException, InterruptedException {
        ForkedJvm.Outcome outcome = ForkedJvm.run(LoopGarbage.class);
        assertEquals("", outcome.output());
        assertEquals(0, outcome.status());
    }
}
