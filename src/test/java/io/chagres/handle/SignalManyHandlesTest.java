package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.SignalBackdrop;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({SignalBackdrop.class, LoopFixture.class})
class SignalManyHandlesTest {

    private static final int SIGNALS = 10;

    private final List<Counter> counters = new ArrayList<>();

    /** A handle that counts, and closes itself at its last signal. */
    private final class Counter {
        final Signal signal;
        int calls;

        Counter(Loop loop) {
            signal = new Signal(loop);
            counters.add(this);
        }

        Counter normal(String name) {
            signal.start(name, () -> callUntil(SIGNALS));
            return this;
        }

        Counter oneShot(String name) {
            signal.startOneShot(name, () -> callUntil(1));
            return this;
        }

        private void callUntil(int last) {
            if (++calls == last) {
                signal.close();
            }
        }

        void remove() {
            signal.close();
        }
    }

    @Test
    @Covers("libuv:we_get_signals")
    void eachHandleOfASignalGetsAllOfItsSignalsAndNoOthers(Loop loop) throws Exception {
        new Counter(loop).normal("USR1");
        new Counter(loop).normal("USR1");
        new Counter(loop).normal("ALRM");
        new Counter(loop).normal("ALRM");
        raise("USR1", SIGNALS);
        loop.run(RunMode.NOWAIT);
        assertCalls(10, 10, 0, 0);
        raise("ALRM", SIGNALS);
        loop.run();
        assertCalls(10, 10, 10, 10);
    }

    @Test
    @Covers("libuv:we_get_signals_mixed")
    void twoOneShotsOfASignalFireOnceEach(Loop loop) throws Exception {
        new Counter(loop).oneShot("WINCH");
        new Counter(loop).oneShot("WINCH");
        raiseAndRun(loop);
        assertCalls(1, 1);
    }

    @Test
    @Covers("libuv:we_get_signals_mixed")
    void twoOneShotsFireAfterAnotherSignalHandleWasRemoved(Loop loop) throws Exception {
        new Counter(loop).oneShot("WINCH");
        new Counter(loop).oneShot("WINCH");
        new Counter(loop).normal("WINCH").remove();
        raiseAndRun(loop);
        assertCalls(1, 1, 0);
    }

    @Test
    @Covers("libuv:we_get_signals_mixed")
    void twoSignalHandlesContinueAfterAOneShotWasRemoved(Loop loop) throws Exception {
        new Counter(loop).normal("WINCH");
        new Counter(loop).normal("WINCH");
        new Counter(loop).oneShot("WINCH").remove();
        raiseAndRun(loop);
        assertCalls(10, 10, 0);
    }

    @Test
    @Covers("libuv:we_get_signals_mixed")
    void twoOneShotsFireAfterTwoSignalHandlesWereRemoved(Loop loop) throws Exception {
        Counter first = new Counter(loop).normal("WINCH");
        Counter second = new Counter(loop).normal("WINCH");
        new Counter(loop).oneShot("WINCH");
        new Counter(loop).oneShot("WINCH");
        first.remove();
        second.remove();
        raiseAndRun(loop);
        assertCalls(0, 0, 1, 1);
    }

    @Test
    @Covers("libuv:we_get_signals_mixed")
    void aSignalHandleAndAOneShotContinueAfterTwoOthersWereRemoved(Loop loop) throws Exception {
        Counter first = new Counter(loop).normal("WINCH");
        new Counter(loop).oneShot("WINCH");
        Counter third = new Counter(loop).normal("WINCH");
        new Counter(loop).normal("WINCH");
        first.remove();
        third.remove();
        raiseAndRun(loop);
        assertCalls(0, 1, 0, 10);
    }

    @Test
    void aSignalHandleThatAnotherStopsInItsCallbackIsNotCalled(Loop loop) throws Exception {
        Counter victim = new Counter(loop);
        Signal first = Signal.on(loop, "USR1", () -> victim.signal.stop());
        victim.normal("USR1");
        raise("USR1", 3);
        loop.run(RunMode.NOWAIT);
        assertCalls(0);
        first.close();
        victim.remove();
        loop.run();
    }

    @Test
    void aSignalHandleThatIsStartedInACallbackGetsOnlyLaterSignals(Loop loop) throws Exception {
        Counter late = new Counter(loop);
        Signal first = new Signal(loop);
        first.startOneShot("USR1", () -> late.normal("USR1"));
        raise("USR1", 2);
        loop.run(RunMode.NOWAIT);
        assertCalls(0);
        raise("USR1", 2);
        loop.run(RunMode.NOWAIT);
        assertCalls(2);
        first.close();
        late.remove();
        loop.run();
    }

    @Test
    void otherSignalHandlesContinueWhenTheFirstOneStops(Loop loop) throws Exception {
        Counter first = new Counter(loop).normal("USR1");
        Counter second = new Counter(loop).normal("USR1");
        first.signal.stop();
        raise("USR1", 4);
        loop.run(RunMode.NOWAIT);
        assertCalls(0, 4);
        first.remove();
        second.remove();
        loop.run();
    }

    private void assertCalls(Integer... expected) {
        assertEquals(
                List.of(expected),
                counters.stream().map(counter -> counter.calls).toList());
    }

    private static void raiseAndRun(Loop loop) throws InterruptedException {
        raise("WINCH", SIGNALS);
        loop.run();
    }

    private static void raise(String name, int times) throws InterruptedException {
        try (SignalWitness witness = new SignalWitness(name)) {
            witness.raiseAndAwait(times);
        }
    }
}
