package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.SignalBackdrop;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sun.misc.SignalHandler;

/** The previous action of a signal is restored when its last handle stops. {@link SignalBackdrop} checks that after each test. */
@ExtendWith({SignalBackdrop.class, LoopFixture.class})
class SignalHandlerRestoredTest {

    private static final sun.misc.Signal USR1 = new sun.misc.Signal("USR1");

    @Test
    void thePreviousHandlerGetsTheSignalAfterTheLastStop(Loop loop, SignalBackdrop backdrop) throws Exception {
        Signal first = Signal.on(loop, "USR1", () -> {});
        Signal second = Signal.on(loop, "USR1", () -> {});
        first.stop();
        second.close();
        sun.misc.Signal.raise(USR1);
        backdrop.await("USR1", 1);
        first.close();
        loop.run();
    }

    @Test
    void theSignalIsCaughtWhileOneOfTwoHandlesIsLeft(Loop loop) {
        SignalHandler ownBefore = handlerNow();
        Signal first = Signal.on(loop, "USR1", () -> {});
        Signal second = Signal.on(loop, "USR1", () -> {});
        first.close();
        assertNotSame(ownBefore, handlerNow());
        second.close();
        assertSame(ownBefore, handlerNow());
        loop.run();
    }

    @Test
    void aOneShotRestoresThePreviousHandlerBeforeItsCallback(Loop loop) {
        SignalHandler ownBefore = handlerNow();
        SignalHandler[] inCallback = new SignalHandler[1];
        Signal signal = new Signal(loop);
        signal.startOneShot("USR1", () -> inCallback[0] = handlerNow());
        sun.misc.Signal.raise(USR1);
        loop.run();
        assertSame(ownBefore, inCallback[0]);
        signal.close();
        loop.run();
    }

    @Test
    @Tag("host")
    void theDefaultActionIsRestoredAfterTheLastStop() throws IOException, InterruptedException {
        int killedByUsr1 = 128 + USR1.getNumber();
        ForkedJvm.Outcome outcome = ForkedJvm.run(CatchOnceThenDie.class);
        assertEquals("caught", outcome.output());
        assertEquals(killedByUsr1, outcome.status());
    }

    static final class CatchOnceThenDie {
        public static void main(String[] arguments) throws IOException, InterruptedException {
            try (Loop loop = new Loop()) {
                new Signal(loop).startOneShot("USR1", () -> System.out.println("caught"));
                sun.misc.Signal.raise(USR1);
                loop.run();
                Waits.exit(new ProcessBuilder(
                                "sh",
                                "-c",
                                "kill -USR1 " + ProcessHandle.current().pid())
                        .start());
                System.out.println("alive");
            }
        }
    }

    private static SignalHandler handlerNow() {
        SignalHandler now = sun.misc.Signal.handle(USR1, SignalHandler.SIG_IGN);
        sun.misc.Signal.handle(USR1, now);
        return now;
    }
}
