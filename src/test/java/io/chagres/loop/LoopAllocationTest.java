package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
@Tag("host")
class LoopAllocationTest {

    @Test
    void theRepeatedStepsOfALoopMakeNoGarbage() throws IOException, InterruptedException {
        ForkedJvm.Outcome outcome = ForkedJvm.run(LoopGarbage.class);
        assertEquals("", outcome.output());
        assertEquals(0, outcome.status());
    }
}
