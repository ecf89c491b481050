package io.chagres.trace.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import io.chagres.sys.Faults;
import io.chagres.sys.ObservedCalls;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class DecodersTest {

    /** Functions that tests link. */
    private static final Set<String> OF_TESTS = Set.of("abs", "labs");

    /** CONTRIBUTING.md: a new system call gets a row in {@link Decoders}. */
    @Test
    void everyLinkedFunctionHasADecoder() throws Exception {
        Faults.linkAll();
        Set<String> without = new TreeSet<>(ObservedCalls.functions());
        without.removeIf(function -> Decoders.of(function) != null);
        without.removeAll(Decoders.SILENT);
        without.removeAll(OF_TESTS);
        assertEquals(Set.of(), without);
    }
}
