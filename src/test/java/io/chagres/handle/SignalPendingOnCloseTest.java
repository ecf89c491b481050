package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.SignalBackdrop;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({SignalBackdrop.class, LoopFixture.class})
class SignalPendingOnCloseTest {

    private final List<String> calls = new ArrayList<>();

    /** libuv raises SIGPIPE by a write to a broken pipe. The writes of this library raise no signal. */
    @Test
    @Covers("libuv:signal_pending_on_close")
    void aHandleThatACallbackClosesGetsNoSignalThatWasCaughtBefore(Loop loop) throws Exception {
        Signal signal = Signal.on(loop, "PIPE", () -> calls.add("signal"));
        Timer writer = Timer.after(loop, 0, () -> {
            raiseAndAwait("PIPE", 1);
            signal.close(() -> calls.add("signal closed"));
        });
        loop.run();
        assertEquals(List.of("signal closed"), calls);
        assertTrue(writer.isClosed());
    }

    @Test
    @Covers("libuv:signal_close_loop_alive")
    void aPendingSignalAndItsClosingHandleKeepTheLoopAlive(Loop loop) {
        Signal signal = Signal.on(loop, "PIPE", loop::stop);
        signal.unref();
        raiseAndAwait("PIPE", 1);
        loop.run();
        signal.close(() -> calls.add("closed"));
        assertTrue(loop.isAlive());
        assertFalse(loop.run());
        assertEquals(List.of("closed"), calls);
    }

    @Test
    void aSignalThatArrivesWhileTheHandleClosesIsDropped(Loop loop, SignalBackdrop backdrop) throws Exception {
        Signal signal = Signal.on(loop, "USR1", () -> calls.add("signal"));
        signal.close(() -> calls.add("closed"));
        sun.misc.Signal.raise(new sun.misc.Signal("USR1"));
        backdrop.await("USR1", 1);
        loop.run();
        assertEquals(List.of("closed"), calls);
    }

    @Test
    void aHandleThatClosesItselfGetsNoFurtherCaughtSignals(Loop loop) {
        Signal[] signal = new Signal[1];
        signal[0] = Signal.on(loop, "USR1", () -> {
            calls.add("signal");
            signal[0].close();
        });
        raiseAndAwait("USR1", 5);
        loop.run();
        assertEquals(List.of("signal"), calls);
    }

    @Test
    void closingTheLoopStopsItsSignalHandles(SignalBackdrop backdrop) throws Exception {
        Loop loop = new Loop();
        Signal.on(loop, "USR1", () -> calls.add("signal"));
        raiseAndAwait("USR1", 3);
        loop.close();
        sun.misc.Signal.raise(new sun.misc.Signal("USR1"));
        backdrop.await("USR1", 1);
        assertEquals(List.of(), calls);
    }

    private static void raiseAndAwait(String name, int times) {
        try (SignalWitness witness = new SignalWitness(name)) {
            witness.raiseAndAwait(times);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
