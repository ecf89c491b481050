package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.SignalBackdrop;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith({SignalBackdrop.class, LoopFixture.class})
class SignalNamesTest {

    private final List<String> calls = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"INT", "SIGINT", "TERM", "SIGHUP", "USR1", "SIGALRM", "WINCH", "PIPE"})
    void aSignalNameIsValidWithAndWithoutItsPrefix(String name, Loop loop, SignalBackdrop backdrop) throws Exception {
        backdrop.require(name.replace("SIG", ""));
        Signal signal = Signal.on(loop, name, () -> calls.add(name));
        try (SignalWitness witness = new SignalWitness(name.replace("SIG", ""))) {
            witness.raiseAndAwait(1);
        }
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of(name), calls);
        close(signal, loop);
    }

    @Test
    void twoNamesOfOneSignalAreOneSignal(Loop loop) throws Exception {
        Signal first = Signal.on(loop, "CHLD", () -> calls.add("CHLD"));
        Signal second = Signal.on(loop, "CLD", () -> calls.add("CLD"));
        try (SignalWitness witness = new SignalWitness("CHLD")) {
            witness.raiseAndAwait(1);
            first.stop();
            witness.raiseAndAwait(1);
        }
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("CLD", "CLD"), calls);
        first.close();
        close(second, loop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "STOP", "SEGV", "QUIT", "ILL", "FPE", "SIGKILL"})
    void aSignalThatCannotBeCaughtIsRefusedByName(String name, Loop loop) {
        Signal signal = new Signal(loop);
        UsageException refused = assertThrows(UsageException.class, () -> signal.start(name, () -> {}));
        assertEquals("EINVAL", refused.code());
        String plain = name.replace("SIG", "");
        assertEquals(
                "signal " + plain + " cannot be caught: Signal already used by VM or OS: SIG" + plain,
                refused.getMessage());
        assertFalse(signal.isActive());
        close(signal, loop);
    }

    @ParameterizedTest
    @CsvSource({"USR2, suspends its threads", "SIGUSR2, _JAVA_SR_SIGNUM", "PROF, CPU-time sampler", "BUS, InternalError"
    })
    void aSignalThatTheJvmNeedsIsRefusedWithTheReason(String name, String reason, Loop loop) {
        UsageException refused = assertThrows(UsageException.class, () -> Signal.on(loop, name, () -> {}));
        assertEquals("EINVAL", refused.code());
        assertTrue(
                refused.getMessage().startsWith("signal " + name.replace("SIG", "") + " cannot be caught: "),
                refused.getMessage());
        assertTrue(refused.getMessage().contains(reason), refused.getMessage());
        loop.run();
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "null, 12",
                "'', 12",
                "16, 16",
                "' 16x', 16",
                "x16, 12",
                "11, 12",
                "64, 64",
                "65, 12",
                "999, 12",
                "-16, 12"
            },
            nullValues = "null")
    void theVariableOfTheSuspendSignalIsParsedAsHotSpotDoes(String variable, int signal) {
        assertEquals(signal, SignalTable.suspendSignal(variable));
    }

    @Test
    @Tag("host")
    void usr2CanBeCaughtIfTheSuspendSignalIsAnother() throws Exception {
        List<String> command = new ArrayList<>(List.of("env", "_JAVA_SR_SIGNUM=16"));
        command.addAll(ForkedJvm.command(TryMoved.class));
        assertEquals(new ForkedJvm.Outcome(0, "USR2 caught, STKFLT refused"), ForkedJvm.run(command));
    }

    static final class TryMoved {
        public static void main(String[] arguments) {
            try (Loop loop = new Loop()) {
                System.out.println(
                        "USR2 " + TryAll.tryToCatch(loop, "USR2") + ", STKFLT " + TryAll.tryToCatch(loop, "STKFLT"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SIG", "NONE", "int", "9", "SIGRTMIN"})
    void anUnknownSignalNameIsRefused(String name, Loop loop) {
        UsageException refused = assertThrows(UsageException.class, () -> Signal.on(loop, name, () -> {}));
        assertEquals("EINVAL", refused.code());
        assertTrue(refused.getMessage().contains("Unknown signal"), refused.getMessage());
        loop.run();
    }

    @Test
    void aRefusedRestartDoesNotChangeTheHandle(Loop loop) throws Exception {
        Signal signal = Signal.on(loop, "USR1", () -> calls.add("first"));
        assertThrows(UsageException.class, () -> signal.start("KILL", () -> calls.add("second")));
        assertThrows(UsageException.class, () -> signal.start("USR1", null));
        assertTrue(signal.isActive());
        try (SignalWitness witness = new SignalWitness("USR1")) {
            witness.raiseAndAwait(1);
        }
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("first"), calls);
        close(signal, loop);
    }

    @Test
    void startOfASignalWithNullOrOnAClosedHandleIsRefused(Loop loop) {
        Signal signal = new Signal(loop);
        assertEquals(
                "name must not be null",
                assertThrows(UsageException.class, () -> signal.start(null, () -> {}))
                        .getMessage());
        assertEquals(
                "callback must not be null",
                assertThrows(UsageException.class, () -> signal.startOneShot("USR1", null))
                        .getMessage());
        signal.close();
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> signal.start("USR1", () -> {}))
                        .code());
        loop.run();
        signal.stop();
    }

    @Test
    @Tag("host")
    void aJvmWithXrsRefusesHupIntAndTerm() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(TryAll.class, "-Xrs");
        assertEquals("HUP refused, INT refused, TERM refused, USR1 caught", outcome.output());
        assertEquals(0, outcome.status());
    }

    /** Says which signals can be caught. */
    static final class TryAll {
        public static void main(String[] arguments) {
            List<String> answers = new ArrayList<>();
            try (Loop loop = new Loop()) {
                for (String name : List.of("HUP", "INT", "TERM", "USR1")) {
                    answers.add(name + " " + tryToCatch(loop, name));
                }
            }
            System.out.println(String.join(", ", answers));
        }

        static String tryToCatch(Loop loop, String name) {
            try {
                Signal.on(loop, name, () -> {}).unref();
                return "caught";
            } catch (UsageException refused) {
                return "refused";
            }
        }
    }

    private static void close(Signal signal, Loop loop) {
        signal.close();
        loop.run();
    }
}
