package io.chagres.loop;

import static io.chagres.loop.RunMode.NOWAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.handle.Check;
import io.chagres.handle.Prepare;
import io.chagres.handle.Timer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopStopTest {

    private final Journal journal = new Journal();
    private int prepared;
    private int fired;

    @Test
    @Covers("libuv:loop_stop")
    void aStoppedLoopContinuesWithTheNextRun(Loop loop, ManualClock clock) {
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> {
            if (++prepared == 10) {
                prepare.stop();
            }
        });
        Timer timer = new Timer(loop);
        timer.start(100, 100, () -> {
            if (++fired == 1) {
                loop.stop();
            } else if (fired == 10) {
                timer.stop();
            }
        });
        assertTrue(loop.run());
        assertEquals(1, fired);
        assertTrue(loop.run(NOWAIT));
        assertTrue(prepared > 1);
        assertFalse(loop.run());
        assertEquals(10, fired);
        assertEquals(10, prepared);
        timer.close();
        prepare.close();
        loop.run();
    }

    @Test
    @Covers("libuv:loop_stop_before_run")
    void aLoopThatWasStoppedBeforeTheRunMakesNoCallback(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(0, journal.note("timer"));
        loop.execute(journal.note("task"));
        loop.nextTick(journal.note("tick"));
        loop.stop();
        assertTrue(loop.run());
        journal.expect();
        assertFalse(loop.run());
        journal.expect("tick", "timer", "task");
        timer.close();
        loop.run();
    }

    @Test
    void stopLetsTheCurrentIterationEnd(Loop loop) {
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> {
            loop.stop();
            journal.add("prepare");
        });
        Check check = new Check(loop);
        check.start(journal.note("check"));
        Timer.after(loop, 0, () -> Timer.after(loop, 0, journal.note("timer")));
        new Timer(loop).close(journal.note("closed"));
        assertTrue(loop.run());
        journal.expect("prepare", "check", "closed", "timer");
        prepare.close();
        check.close();
        loop.run();
    }

    @Test
    void stopBeforePollingKeepsTheLoopFromWaiting(Loop loop, ManualClock clock) {
        Prepare prepare = new Prepare(loop);
        prepare.start(loop::stop);
        Timer timer = Timer.after(loop, 100, journal.note("timer"));
        assertTrue(loop.run());
        assertEquals(0, loop.now());
        prepare.close();
        timer.close();
        loop.run();
        journal.expect();
    }

    @Test
    void theStopOfAnEmptyLoopDoesNotAffectTheNextRun(Loop loop) {
        loop.stop();
        assertFalse(loop.run());
        Timer.after(loop, 0, journal.note("timer"));
        assertFalse(loop.run());
        journal.expect("timer");
    }
}
