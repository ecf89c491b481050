package io.chagres.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Once compiled, a system call leaves nothing to the garbage collector, whether it succeeds or fails. */
@ExtendWith(HangGuard.class)
@Tag("host")
class AllocationTest {

    /** Each in a JVM of its own, because the garbage of heap views depends on the kinds of views that the JVM has seen. */
    @ParameterizedTest
    @ValueSource(strings = {"native", "heap"})
    void systemCallsWithThisMemoryLeaveNothing(String memory) throws Exception {
        List<String> command = ForkedJvm.command(SystemCallGarbage.class);
        command.add(memory);
        assertEquals(new ForkedJvm.Outcome(0, ""), ForkedJvm.run(command));
    }
}
