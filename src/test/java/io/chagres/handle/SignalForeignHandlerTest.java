package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.SignalBackdrop;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sun.misc.SignalHandler;

/** Another library sets its handler while that of this library is installed. The backdrop is the handler before both. */
@ExtendWith({SignalBackdrop.class, LoopFixture.class})
class SignalForeignHandlerTest {

    private static final sun.misc.Signal USR1 = new sun.misc.Signal("USR1");

    private final List<String> calls = new ArrayList<>();
    private final Gate foreignCalled = new Gate();
    private final SignalHandler foreign = signal -> foreignCalled.open();
    private SignalHandler ours;

    @Test
    void aStopKeepsTheHandlerThatAnotherLibraryHasSetSince(Loop loop, SignalBackdrop backdrop) throws Exception {
        Signal signal = Signal.on(loop, "USR1", () -> calls.add("ours"));
        sun.misc.Signal.handle(USR1, foreign);
        signal.stop();
        sun.misc.Signal.raise(USR1);
        foreignCalled.await();
        assertEquals(foreign, sun.misc.Signal.handle(USR1, backdrop.handler()));
        signal.close();
        loop.run();
    }

    @Test
    void aStartCatchesTheSignalAlsoIfAnEarlierHandleHasLostIt(Loop loop, SignalBackdrop backdrop) throws Exception {
        Signal first = Signal.on(loop, "USR1", () -> calls.add("first"));
        sun.misc.Signal.handle(USR1, foreign);
        Signal second = Signal.on(loop, "USR1", () -> calls.add("second"));
        try (SignalWitness witness = new SignalWitness("USR1")) {
            witness.raiseAndAwait(1);
        }
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("first", "second"), calls);
        first.close();
        second.close();
        loop.run();
        assertEquals(foreign, sun.misc.Signal.handle(USR1, backdrop.handler()));
    }

    /** Another library has saved the handler of this library, and restores it after the last handle has stopped. */
    @Test
    void aHandlerThatAnotherLibraryRestoresAfterTheStopPassesTheSignalOn(Loop loop, SignalBackdrop backdrop)
            throws Exception {
        Signal signal = Signal.on(loop, "USR1", () -> calls.add("ours"));
        ours = sun.misc.Signal.handle(USR1, foreign);
        signal.close();
        loop.run();
        sun.misc.Signal.handle(USR1, ours);
        sun.misc.Signal.raise(USR1);
        backdrop.await("USR1", 1);
    }

    /** The action before was the default one, which would end the process. */
    @Test
    @Tag("host")
    void theProcessSurvivesASignalIfTheHandlerOfAnotherLibraryIsLeft() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, "the other's\nalive"), ForkedJvm.run(StopUnderAnother.class));
    }

    static final class StopUnderAnother {
        public static void main(String[] arguments) throws InterruptedException {
            CountDownLatch called = new CountDownLatch(1);
            try (Loop loop = new Loop()) {
                Signal signal = Signal.on(loop, "USR1", () -> System.out.println("ours"));
                sun.misc.Signal.handle(USR1, caught -> {
                    System.out.println("the other's");
                    called.countDown();
                });
                signal.stop();
                sun.misc.Signal.raise(USR1);
                called.await(30, TimeUnit.SECONDS);
                System.out.println("alive");
            }
        }
    }
}
