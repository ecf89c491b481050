package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.SignalBackdrop;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({SignalBackdrop.class, LoopFixture.class})
class SignalTest {

    private static final int SIGNALS = 10;

    private final List<String> calls = new ArrayList<>();
    private Signal signal;

    @Test
    @Covers("libuv:we_get_signal")
    void eachSignalCallsBackUntilStopAndAgainAfterARestart(Loop loop, SignalBackdrop backdrop) throws Exception {
        signal = new Signal(loop);
        signal.start("WINCH", () -> callUntilTenth(signal::stop));
        raiseFromATimer(loop);
        assertFalse(loop.run());
        assertEquals(SIGNALS, calls.size());

        raiseFromATimer(loop);
        loop.run();
        backdrop.await("WINCH", SIGNALS);
        assertEquals(SIGNALS, calls.size());

        calls.clear();
        signal.start("WINCH", () -> callUntilTenth(signal::close));
        raiseFromATimer(loop);
        loop.run();
        assertEquals(SIGNALS, calls.size());
        assertTrue(signal.isClosed());
    }

    @Test
    @Covers("libuv:we_get_signal_one_shot")
    void aOneShotCallsBackOnceAndCanBeStartedAgain(Loop loop) throws Exception {
        signal = new Signal(loop);
        signal.startOneShot("WINCH", () -> calls.add("first"));
        runAfterTenSignals(loop);
        assertEquals(List.of("first"), calls);

        runAfterTenSignals(loop);
        assertEquals(List.of("first"), calls);

        signal.startOneShot("WINCH", () -> {
            calls.add("second");
            signal.close();
        });
        runAfterTenSignals(loop);
        assertEquals(List.of("first", "second"), calls);
    }

    @Test
    void aOneShotIsStoppedInItsCallback(Loop loop) throws Exception {
        boolean[] active = {true};
        signal = new Signal(loop);
        signal.startOneShot("WINCH", () -> active[0] = signal.isActive());
        runAfterTenSignals(loop);
        assertFalse(active[0]);
        signal.close();
        loop.run();
    }

    @Test
    void aOneShotThatIsStartedInItsCallbackWaitsForAnotherSignal(Loop loop) throws Exception {
        signal = new Signal(loop);
        Runnable again = () -> calls.add("again");
        signal.startOneShot("WINCH", () -> signal.startOneShot("WINCH", again));
        try (SignalWitness witness = new SignalWitness("WINCH")) {
            witness.raiseAndAwait(SIGNALS);
            loop.run(RunMode.NOWAIT);
            assertEquals(List.of(), calls);
            witness.raiseAndAwait(1);
        }
        loop.run();
        assertEquals(List.of("again"), calls);
        signal.close();
        loop.run();
    }

    @Test
    void signalCallbacksRunOnTheLoopThread(Loop loop) {
        Thread[] seen = new Thread[1];
        signal = Signal.on(loop, "USR1", () -> {
            seen[0] = Thread.currentThread();
            signal.close();
        });
        raise("USR1");
        loop.run();
        assertSame(Thread.currentThread(), seen[0]);
    }

    @Test
    void anUnreferencedSignalDoesNotKeepTheLoopAlive(Loop loop) {
        signal = Signal.on(loop, "USR1", () -> calls.add("call"));
        signal.unref();
        assertFalse(loop.run());
        assertTrue(signal.isActive());
        signal.close();
        loop.run();
    }

    @Test
    void stopDropsSignalsThatWereCaughtButNotDelivered(Loop loop) throws Exception {
        signal = Signal.on(loop, "USR1", () -> calls.add("call"));
        try (SignalWitness witness = new SignalWitness("USR1")) {
            witness.raiseAndAwait(3);
        }
        signal.stop();
        signal.start("USR1", () -> calls.add("of another start"));
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of(), calls);
        signal.close();
        loop.run();
    }

    @Test
    void aRestartWithTheSameSignalLosesNoSignal(Loop loop) throws Exception {
        signal = Signal.on(loop, "USR1", () -> calls.add("old"));
        try (SignalWitness witness = new SignalWitness("USR1")) {
            witness.raiseAndAwait(2);
        }
        signal.start("SIGUSR1", () -> calls.add("new"));
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("new", "new"), calls);
        signal.close();
        loop.run();
    }

    @Test
    void aRestartWithAnotherSignalWaitsForThatOneOnly(Loop loop, SignalBackdrop backdrop) throws Exception {
        signal = Signal.on(loop, "USR1", () -> calls.add("USR1"));
        signal.start("ALRM", () -> calls.add("ALRM"));
        raise("USR1");
        backdrop.await("USR1", 1);
        try (SignalWitness witness = new SignalWitness("ALRM")) {
            witness.raiseAndAwait(1);
        }
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("ALRM"), calls);
        signal.close();
        loop.run();
    }

    @Test
    void aSignalCallbackThatThrowsLosesNoOtherSignal(Loop loop) throws Exception {
        List<Throwable> caught = new ArrayList<>();
        loop.setUncaughtHandler(caught::add);
        signal = Signal.on(loop, "USR1", () -> {
            throw new IllegalStateException();
        });
        try (SignalWitness witness = new SignalWitness("USR1")) {
            witness.raiseAndAwait(3);
        }
        loop.run(RunMode.NOWAIT);
        assertEquals(3, caught.size());
        signal.close();
        loop.run();
    }

    @Test
    void ticksRunBetweenTwoSignals(Loop loop) throws Exception {
        signal = Signal.on(loop, "USR1", () -> {
            calls.add("signal");
            loop.nextTick(() -> calls.add("tick"));
        });
        try (SignalWitness witness = new SignalWitness("USR1")) {
            witness.raiseAndAwait(2);
        }
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("signal", "tick", "signal", "tick"), calls);
        signal.close();
        loop.run();
    }

    @Test
    void anotherThreadMayNotUseASignal(Loop loop) throws InterruptedException {
        signal = Signal.on(loop, "USR1", () -> {});
        Thread other = Thread.ofPlatform().start(() -> {
            assertThrows(WrongThreadException.class, signal::stop);
            assertThrows(WrongThreadException.class, () -> signal.start("USR1", () -> {}));
            assertThrows(WrongThreadException.class, () -> Signal.on(loop, "USR1", () -> {}));
            calls.add("refused");
        });
        Waits.join(other);
        assertEquals(List.of("refused"), calls);
        signal.close();
        loop.run();
    }

    private void callUntilTenth(Runnable end) {
        calls.add("call");
        if (calls.size() == SIGNALS) {
            end.run();
        }
    }

    private static void raiseFromATimer(Loop loop) {
        int[] raised = {0};
        Timer timer = new Timer(loop);
        timer.start(1, 1, () -> {
            raise("WINCH");
            if (++raised[0] == SIGNALS) {
                timer.close();
            }
        });
    }

    private static void runAfterTenSignals(Loop loop) throws InterruptedException {
        try (SignalWitness witness = new SignalWitness("WINCH")) {
            witness.raiseAndAwait(SIGNALS);
        }
        loop.run();
    }

    private static void raise(String name) {
        sun.misc.Signal.raise(new sun.misc.Signal(name));
    }
}
