package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a message leaves to the garbage collector, in a JVM of its own, whose compiler has seen nothing else. */
@ExtendWith(HangGuard.class)
@Tag("host")
class EchoAllocationTest {

    /** A data listener gets bytes of its own, and a view of them, which is not counted here; a pipe and a lent buffer cost nothing. */
    @ParameterizedTest
    @CsvSource({"pipe, 0", "lent, 0", "data, 64"})
    void aMessageCostsItsBytesOrNothing(String way, int bytes) throws Exception {
        List<String> command = ForkedJvm.command(EchoAllocationProgram.class);
        command.add(way);
        assertEquals(new ForkedJvm.Outcome(0, String.valueOf(bytes)), ForkedJvm.run(command));
    }
}
