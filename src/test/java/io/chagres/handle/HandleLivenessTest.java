package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.loop.internal.LoopCore;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class HandleLivenessTest {

    private final Journal journal = new Journal();

    private void closeAndRun(Loop loop, Handle handle) {
        handle.close(journal.note("closed"));
        journal.expect();
        loop.run();
        journal.expect("closed");
    }

    @Test
    @Covers("libuv:active")
    void aTimerIsActiveWhileItIsStarted(Loop loop) {
        Timer timer = new Timer(loop);
        assertFalse(timer.isActive());
        assertFalse(timer.isClosing());
        timer.start(1000, journal.note("timer"));
        assertTrue(timer.isActive());
        assertFalse(timer.isClosing());
        timer.stop();
        assertFalse(timer.isActive());
        timer.start(1000, journal.note("timer"));
        timer.close();
        assertFalse(timer.isActive());
        assertTrue(timer.isClosing());
        assertFalse(timer.isClosed());
        loop.run();
        assertTrue(timer.isClosing());
        assertTrue(timer.isClosed());
        journal.expect();
    }

    @Test
    @Covers({"libuv:has_ref", "node:test-handle-wrap-hasref"})
    void aHandleIsReferencedUntilItIsUnreferencedOrClosed(Loop loop) {
        Timer timer = new Timer(loop);
        assertTrue(timer.hasRef());
        timer.ref();
        assertTrue(timer.hasRef());
        timer.unref();
        timer.unref();
        assertFalse(timer.hasRef());
        timer.ref();
        assertTrue(timer.hasRef());
        timer.close(() -> assertFalse(timer.hasRef()));
        assertTrue(timer.hasRef());
        loop.run();
    }

    @Test
    void refAndUnrefDoNotCount(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(1000, journal.note("timer"));
        timer.unref();
        timer.unref();
        assertFalse(loop.isAlive());
        timer.ref();
        assertTrue(loop.isAlive());
        timer.ref();
        timer.unref();
        assertFalse(loop.isAlive());
        timer.stop();
        timer.ref();
        assertFalse(loop.isAlive());
        timer.start(1000, journal.note("timer"));
        assertTrue(loop.isAlive());
        closeAndRun(loop, timer);
    }

    @Test
    void refAndUnrefOfAClosingHandleChangeNothingElse(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(1000, journal.note("timer"));
        timer.close();
        timer.unref();
        timer.ref();
        timer.unref();
        assertFalse(loop.run());
        assertFalse(timer.hasRef());
        timer.ref();
        assertFalse(loop.isAlive());
    }

    @Test
    @Covers("libuv:timer_ref")
    void aTimerThatNeverStartedDoesNotKeepTheLoop(Loop loop) {
        Timer timer = new Timer(loop);
        timer.unref();
        assertFalse(loop.run());
        closeAndRun(loop, timer);
    }

    @Test
    @Covers("libuv:timer_ref2")
    void anUnreferencedTimerDoesNotKeepTheLoop(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(42, 42, journal.note("timer"));
        timer.unref();
        assertFalse(loop.run());
        closeAndRun(loop, timer);
    }

    @Test
    @Covers("libuv:timer_no_run_on_unref")
    void anUnreferencedTimerThatIsDueDoesNotFireInALoopWithNothingElse(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(0, journal.note("timer"));
        timer.unref();
        assertFalse(loop.run());
        closeAndRun(loop, timer);
    }

    @Test
    void anUnreferencedTimerFiresWhileTheLoopRunsForOtherReasons(Loop loop, ManualClock clock) {
        Timer every = Timer.every(loop, 10, journal.note("unreferenced"));
        every.unref();
        Timer.after(loop, 25, journal.note("referenced"));
        loop.run();
        journal.expect("unreferenced", "unreferenced", "referenced");
        closeAndRun(loop, every);
    }

    private void expectUnreferencedIsNotCalled(Loop loop, Function<Loop, PhaseHandle> kind) {
        PhaseHandle handle = kind.apply(loop);
        handle.start(journal.note("called"));
        handle.unref();
        assertFalse(loop.run());
        journal.expect();
        closeAndRun(loop, handle);
    }

    @Test
    @Covers("libuv:idle_ref")
    void anUnreferencedIdleHandleDoesNotKeepTheLoop(Loop loop) {
        expectUnreferencedIsNotCalled(loop, Idle::new);
    }

    @Test
    @Covers("libuv:prepare_ref")
    void anUnreferencedPrepareHandleDoesNotKeepTheLoop(Loop loop) {
        expectUnreferencedIsNotCalled(loop, Prepare::new);
    }

    @Test
    @Covers("libuv:check_ref")
    void anUnreferencedCheckHandleDoesNotKeepTheLoop(Loop loop) {
        expectUnreferencedIsNotCalled(loop, Check::new);
    }

    @Test
    @Covers("libuv:unref_in_prepare_cb")
    void unrefInACallbackEndsTheLoopAfterTheIteration(Loop loop) {
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> {
            journal.add("prepare");
            prepare.unref();
        });
        assertFalse(loop.run());
        journal.expect("prepare");
        closeAndRun(loop, prepare);
    }

    @Test
    @Covers("libuv:getters_setters")
    void aHandleKnowsItsLoop(Loop loop) {
        Timer timer = new Timer(loop);
        assertSame(loop, timer.loop());
        assertSame(loop, LoopCore.of(timer.loop()).loop());
        closeAndRun(loop, timer);
    }

    @Test
    @Covers("libuv:handle_type_name")
    void aHandlePrintsItsKindAndState(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        assertEquals("Timer (inactive)", timer.toString());
        timer.start(1000, journal.note("timer"));
        assertEquals("Timer (active, due in 1000 ms)", timer.toString());
        timer.unref();
        assertEquals("Timer (active, unreferenced, due in 1000 ms)", timer.toString());
        timer.ref();
        timer.close();
        assertEquals("Timer (closing)", timer.toString());
        loop.run(RunMode.NOWAIT);
        assertEquals("Timer (closed)", timer.toString());
    }

    @Test
    void aHandleWithoutALoopIsRefused() {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> new Timer(null)).code());
    }
}
