package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.SignalBackdrop;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sun.misc.SignalHandler;

@ExtendWith({SignalBackdrop.class, LoopFixture.class})
class AsyncFromSignalHandlerTest {

    private static final sun.misc.Signal USR1 = new sun.misc.Signal("USR1");

    private int calls;

    @Test
    void aSignalHandlerOfTheJvmMaySend(Loop loop) {
        Async[] async = new Async[1];
        async[0] = new Async(loop, () -> {
            calls++;
            async[0].close();
        });
        SignalHandler before = sun.misc.Signal.handle(USR1, signal -> async[0].send());
        sun.misc.Signal.raise(USR1);
        loop.run();
        sun.misc.Signal.handle(USR1, before);
        assertEquals(1, calls);
    }
}
