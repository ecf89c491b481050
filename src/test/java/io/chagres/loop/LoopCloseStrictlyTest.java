package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.handle.Check;
import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopCloseStrictlyTest {

    private final Journal journal = new Journal();

    private static String refusal(Loop loop) {
        UsageException busy = assertThrows(UsageException.class, loop::closeStrictly);
        assertEquals("EBUSY", busy.code());
        return busy.getMessage();
    }

    @Test
    @Covers("libuv:loop_close")
    void aStrictCloseIsRefusedUntilTheHandleIsClosedAndTheLoopHasRun(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(100, journal.note("timer"));
        refusal(loop);
        timer.stop();
        refusal(loop);
        timer.close();
        refusal(loop);
        assertFalse(loop.run());
        loop.closeStrictly();
        journal.expect();
    }

    @Test
    void aRefusedStrictCloseNamesTheHandlesThatAreLeft(Loop loop, ManualClock clock) {
        Timer active = new Timer(loop);
        active.start(100, journal.note("timer"));
        Idle inactive = new Idle(loop);
        Check unreferenced = new Check(loop);
        unreferenced.unref();
        unreferenced.start(journal.note("check"));
        assertEquals(
                "the loop still has: Timer (active, due in 100 ms), Idle (inactive), Check (active, unreferenced)",
                refusal(loop));
        active.close();
        inactive.close();
        unreferenced.close();
        assertEquals(
                "the loop still has: Timer (closing), Idle (closing), Check (closing, unreferenced)", refusal(loop));
        loop.run();
    }

    @Test
    void aRefusedStrictCloseSaysIfOnlyPendingWorkIsLeft(Loop loop) {
        loop.execute(journal.note("task"));
        assertEquals("the loop still has: pending work", refusal(loop));
        loop.run();
        journal.expect("task");
    }

    @Test
    void aRefusedStrictCloseChangesNothing(Loop loop) {
        Timer timer = Timer.after(loop, 0, journal.note("timer"));
        refusal(loop);
        assertTrue(timer.isActive());
        loop.run();
        journal.expect("timer");
    }
}
