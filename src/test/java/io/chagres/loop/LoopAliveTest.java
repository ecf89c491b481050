package io.chagres.loop;

import static io.chagres.loop.RunMode.NOWAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import io.chagres.handle.Work;
import io.chagres.loop.internal.LoopCore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopAliveTest {

    private static final long SECOND_NANOS = 1_000_000_000;

    private final Journal journal = new Journal();

    @Test
    void aNewLoopIsNotAlive(Loop loop) {
        assertFalse(loop.isAlive());
    }

    @Test
    @Covers("libuv:loop_alive")
    void aStartedTimerKeepsTheLoopAliveUntilItHasFired(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        assertFalse(loop.isAlive());
        timer.start(100, journal.note("timer"));
        assertTrue(loop.isAlive());
        assertFalse(loop.run());
        assertFalse(loop.isAlive());
        journal.expect("timer");
        timer.close();
        loop.run();
    }

    @Test
    @Covers("libuv:loop_alive")
    void queuedWorkKeepsTheLoopAliveUntilItsCallbackHasRun(Loop loop) {
        Work.submit(loop, () -> "done", (result, failure) -> journal.add(result));
        assertTrue(loop.isAlive());
        assertFalse(loop.run());
        assertFalse(loop.isAlive());
        journal.expect("done");
    }

    @Test
    void aTaskKeepsTheLoopAliveUntilItHasRun(Loop loop) {
        loop.execute(journal.note("task"));
        assertTrue(loop.isAlive());
        assertFalse(loop.run(NOWAIT));
        journal.expect("task");
    }

    @Test
    void aTickKeepsTheLoopAliveUntilItHasRun(Loop loop) {
        loop.nextTick(journal.note("tick"));
        assertTrue(loop.isAlive());
        assertFalse(loop.run(NOWAIT));
        journal.expect("tick");
    }

    @Test
    void aClosingHandleKeepsTheLoopAliveUntilItsCloseCallbackHasRun(Loop loop) {
        new Timer(loop).close(journal.note("closed"));
        assertTrue(loop.isAlive());
        assertFalse(loop.run());
        journal.expect("closed");
    }

    @Test
    void aHoldKeepsTheLoopAliveUntilItIsReleased(Loop loop) {
        LoopCore.of(loop).keepAlive();
        assertTrue(loop.isAlive());
        assertTrue(loop.run(NOWAIT));
        LoopCore.of(loop).letGo();
        assertFalse(loop.isAlive());
    }

    @Test
    @Covers("libuv:loop_backend_timeout")
    void theBackendTimeoutIsTheTimeToTheNextTimer(Loop loop, ManualClock clock) {
        LoopCore core = LoopCore.of(loop);
        Timer timer = new Timer(loop);
        assertFalse(loop.isAlive());
        assertEquals(0, loop.backendTimeoutNanos());
        timer.start(1000, journal.note("timer"));
        assertEquals(SECOND_NANOS, loop.backendTimeoutNanos());
        assertFalse(loop.run());
        assertEquals(0, loop.backendTimeoutNanos());
        core.keepAlive();
        assertTrue(loop.run(NOWAIT));
        core.letGo();
        timer.close();
        loop.run();
    }

    @Test
    void theBackendTimeoutIsUnlimitedIfOnlyAnEventCanBringWork(Loop loop) {
        LoopCore.of(loop).keepAlive();
        assertEquals(-1, loop.backendTimeoutNanos());
        LoopCore.of(loop).letGo();
    }

    @Test
    void theBackendTimeoutIsZeroIfThereIsSomethingToDo(Loop loop, ManualClock clock) {
        LoopCore core = LoopCore.of(loop);
        Timer timer = new Timer(loop);
        timer.start(1000, journal.note("timer"));
        Idle idle = new Idle(loop);
        idle.unref();
        idle.start(() -> {});
        assertEquals(0, loop.backendTimeoutNanos(), "an idle handle, even unreferenced");
        idle.stop();
        assertEquals(SECOND_NANOS, loop.backendTimeoutNanos());
        idle.close();
        assertEquals(0, loop.backendTimeoutNanos(), "a closing handle");
        loop.run(NOWAIT);
        assertEquals(SECOND_NANOS, loop.backendTimeoutNanos());
        loop.execute(() -> {});
        assertEquals(0, loop.backendTimeoutNanos(), "a task");
        loop.run(NOWAIT);
        loop.stop();
        assertEquals(0, loop.backendTimeoutNanos(), "stop");
        loop.run();
        clock.advanceMillis(1500);
        loop.updateTime();
        assertEquals(0, loop.backendTimeoutNanos(), "a due timer");
        timer.close();
        loop.run();
        journal.expect();
    }

    @Test
    void anUnreferencedTimerBoundsTheSleepOfOthers(Loop loop, ManualClock clock) {
        Timer early = new Timer(loop);
        early.unref();
        early.start(10, journal.note("unreferenced"));
        Timer.after(loop, 30, journal.note("referenced"));
        loop.run();
        journal.expect("unreferenced", "referenced");
        early.close();
        loop.run();
    }
}
