package io.chagres.handle;

import static io.chagres.loop.RunMode.ONCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class IdleTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("libuv:idle_starvation")
    void idleAndCheckHandlesThatNeverStopDoNotStarveATimer(Loop loop) {
        new Idle(loop).start(journal.note("idle"));
        new Check(loop).start(journal.note("check"));
        Timer timer = new Timer(loop);
        timer.start(50, () -> {
            journal.add("timer");
            Handle.walk(loop, handle -> handle.close(journal.note("closed")));
        });
        loop.run();
        assertTrue(journal.count("idle") > 0);
        assertTrue(journal.count("check") > 0);
        assertEquals(1, journal.count("timer"));
        assertEquals(3, journal.count("closed"));
    }

    @Test
    @Covers("libuv:idle_check")
    void anIdleHandleThatStopsItselfLetsCheckRunOnce(Loop loop) {
        Idle idle = new Idle(loop);
        idle.start(() -> {
            journal.add("idle");
            idle.stop();
        });
        Check check = new Check(loop);
        check.start(journal.note("check"));
        assertTrue(loop.run(ONCE));
        journal.expect("idle", "check");
        idle.close(journal.note("idle closed"));
        check.close(journal.note("check closed"));
        assertFalse(loop.run(ONCE));
        journal.expect("check closed", "idle closed");
    }

    @Test
    void anIdleHandleKeepsTheLoopFromWaiting(Loop loop, ManualClock clock) {
        Timer timer = Timer.after(loop, 100, journal.note("timer"));
        Idle idle = new Idle(loop);
        idle.unref();
        idle.start(journal.note("idle"));
        loop.run(ONCE);
        loop.run(ONCE);
        assertEquals(0, loop.now());
        journal.expect("idle", "idle");
        idle.close();
        timer.close();
        loop.run();
    }
}
