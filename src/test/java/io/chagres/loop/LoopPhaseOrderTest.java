package io.chagres.loop;

import static io.chagres.loop.RunMode.NOWAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.handle.Check;
import io.chagres.handle.Idle;
import io.chagres.handle.Prepare;
import io.chagres.handle.Timer;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Resident;
import io.chagres.loop.internal.Watch;
import io.chagres.sys.Epoll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopPhaseOrderTest {

    private final Journal journal = new Journal();

    private void startOneOfEachKind(Loop loop) {
        new Check(loop).start(journal.note("check"));
        new Prepare(loop).start(journal.note("prepare"));
        new Idle(loop).start(journal.note("idle"));
        LoopCore.of(loop).pend(journal.note("pending"));
        loop.execute(journal.note("task"));
        new Timer(loop).close(journal.note("closing"));
    }

    private static void closeAll(Loop loop) {
        LoopCore.of(loop).residents().visit(Resident::close);
        loop.run();
    }

    @Test
    void anIterationGoesThroughItsPhasesInOrder(Loop loop) {
        try (Descriptor event = Descriptor.event(1)) {
            startOneOfEachKind(loop);
            Timer.after(loop, 0, journal.note("timer"));
            Watch watch = new Watch(loop, event.fd(), Epoll.EPOLLIN).then(() -> {
                journal.add("event");
                LoopCore.of(loop).pend(journal.note("pending again"));
            });
            loop.run(NOWAIT);
            journal.expect("pending", "idle", "prepare", "event", "task", "pending again", "check", "closing", "timer");
            watch.detach(true);
            closeAll(loop);
        }
    }

    @Test
    void aDefaultRunRunsDueTimersBeforeItsFirstIteration(Loop loop) {
        startOneOfEachKind(loop);
        Timer.after(loop, 0, () -> {
            journal.add("timer before");
            Timer.after(loop, 0, journal.note("timer after"));
            loop.stop();
        });
        loop.run();
        journal.expect("timer before");
        loop.run(NOWAIT);
        journal.expect("pending", "idle", "prepare", "task", "check", "closing", "timer after");
        closeAll(loop);
    }

    @Test
    void anIterationFollowsTheEarlyTimersAlsoIfNothingElseIsLeft(Loop loop, ManualClock clock) {
        Check check = new Check(loop);
        check.unref();
        check.start(journal.note("check"));
        Timer timer = new Timer(loop);
        timer.start(0, journal.note("timer"));
        long before = clock.nanoTime();
        loop.run();
        journal.expect("timer", "check");
        assertEquals(before, clock.nanoTime(), "time that it slept");
        closeAll(loop);
    }

    @Test
    void onceAndNowaitRunTimersOnlyAfterPolling(Loop loop) {
        Check check = new Check(loop);
        check.start(journal.note("check"));
        Timer.after(loop, 0, journal.note("timer"));
        loop.run(RunMode.ONCE);
        journal.expect("check", "timer");
        Timer.after(loop, 0, journal.note("timer"));
        loop.run(NOWAIT);
        journal.expect("check", "timer");
        closeAll(loop);
    }

    @Test
    @Covers("libuv:close_order")
    void aHandleClosedInTheEarlyTimersEndsAfterTheCheckPhase(Loop loop, ManualClock clock) {
        Timer first = new Timer(loop);
        Timer second = new Timer(loop);
        Check check = new Check(loop);
        check.start(() -> {
            journal.add("check");
            check.close(journal.note("check closed"));
            second.close(journal.note("second closed"));
        });
        first.start(0, () -> {
            journal.add("timer");
            first.close(journal.note("first closed"));
        });
        second.start(100_000, journal.note("second timer"));
        loop.run();
        journal.expect("timer", "check", "second closed", "check closed", "first closed");
    }

    @Test
    void aHandleThatATimerClosesCallsBackInTheNextIteration(Loop loop) {
        Check check = new Check(loop);
        check.start(journal.note("check"));
        Timer timer = new Timer(loop);
        timer.start(0, () -> timer.close(journal.note("closed")));
        loop.run(NOWAIT);
        journal.expect("check");
        loop.run(NOWAIT);
        journal.expect("check", "closed");
        closeAll(loop);
    }

    @Test
    void theCallbacksOfOnePhaseSeeTheSameTime(Loop loop, ManualClock clock) {
        for (int i = 0; i < 3; i++) {
            Timer.after(loop, 0, () -> {
                journal.add("at " + loop.now());
                clock.advanceMillis(5);
            });
        }
        loop.run(NOWAIT);
        journal.expect("at 0", "at 0", "at 0");
        loop.run();
        assertEquals(15, loop.now());
    }
}
