package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
@Tag("host")
class AsyncAllocationTest {

    @Test
    void aSendAndItsDeliveryMakeNoGarbageOnTheLoopOrOnAnotherThread() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, ""), ForkedJvm.run(AsyncGarbage.class));
    }
}
