package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.SignalBackdrop;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals that another process sends by kill(1). */
@ExtendWith({SignalBackdrop.class, LoopFixture.class})
@Tag("host")
class SignalFromOutsideTest {

    private final List<String> calls = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"ALRM", "USR1", "HUP", "TERM", "INT"})
    void aSignalWakesASleepingLoop(String name, Loop loop, SignalBackdrop backdrop) throws Exception {
        backdrop.require(name);
        Signal[] signal = new Signal[1];
        signal[0] = Signal.on(loop, name, () -> {
            calls.add(name);
            signal[0].close();
        });
        kill(name);
        assertFalse(loop.run());
        assertEquals(List.of(name), calls);
    }

    @Test
    void eachOfManySignalsOfAnotherProcessIsDelivered(Loop loop) throws Exception {
        Signal[] signal = new Signal[1];
        signal[0] = Signal.on(loop, "ALRM", () -> {
            calls.add("call");
            if (calls.size() == 20) {
                signal[0].close();
            } else {
                kill("ALRM");
            }
        });
        kill("ALRM");
        loop.run();
        assertEquals(20, calls.size());
    }

    @Test
    @Covers("libuv:eintr_handling")
    void aBlockingReadOnAWorkerSurvivesASignal(Loop loop) throws Exception {
        MemorySegment pipe = Memory.allocate(2L * Integer.BYTES);
        assertEquals(0, Descriptors.pipe2(pipe, Descriptors.O_CLOEXEC));
        int readEnd = pipe.getAtIndex(ValueLayout.JAVA_INT, 0);
        int writeEnd = pipe.getAtIndex(ValueLayout.JAVA_INT, 1);
        Gate reading = new Gate();
        Signal[] signal = new Signal[1];
        signal[0] = Signal.on(loop, "USR1", () -> {
            calls.add("signal");
            signal[0].close();
            Descriptors.write(writeEnd, Memory.allocate(12), 12);
        });
        Work.submit(
                loop,
                () -> {
                    reading.open();
                    return Descriptors.read(readEnd, Memory.allocate(32), 32);
                },
                (count, failure) -> calls.add("read " + count));
        reading.await();
        kill("USR1");
        loop.run();
        assertEquals(List.of("signal", "read 12"), calls);
        Descriptors.close(readEnd);
        Descriptors.close(writeEnd);
    }

    private static void kill(String name) {
        try {
            String command = "kill -" + name + " " + ProcessHandle.current().pid();
            Process process =
                    new ProcessBuilder("sh", "-c", command).inheritIO().start();
            assertEquals(0, Waits.exit(process));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
