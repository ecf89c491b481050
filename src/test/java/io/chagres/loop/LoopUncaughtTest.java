package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.fixture.Descriptor;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.ManualClock;
import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Watch;
import io.chagres.sys.Epoll;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class LoopUncaughtTest {

    private final Journal journal = new Journal();

    private static Runnable throwing(String message) {
        return () -> {
            throw new IllegalStateException(message);
        };
    }

    @Test
    void withoutAHandlerRunThrowsTheExceptionAndTheLoopCanRunAgain(Loop loop) {
        loop.execute(throwing("task"));
        Timer.after(loop, 0, () -> Timer.after(loop, 0, journal.note("same iteration")));
        IllegalStateException thrown = assertThrows(IllegalStateException.class, loop::run);
        assertEquals("task", thrown.getMessage());
        journal.expect("same iteration");
        loop.execute(journal.note("next run"));
        assertFalse(loop.run());
        journal.expect("next run");
    }

    @Test
    void furtherExceptionsOfTheIterationAreSuppressedInTheFirst(Loop loop) {
        loop.execute(throwing("first"));
        loop.execute(throwing("second"));
        new Timer(loop).close(throwing("third"));
        IllegalStateException thrown = assertThrows(IllegalStateException.class, loop::run);
        assertEquals("first", thrown.getMessage());
        assertEquals(2, thrown.getSuppressed().length);
        assertEquals("second", thrown.getSuppressed()[0].getMessage());
        assertEquals("third", thrown.getSuppressed()[1].getMessage());
    }

    @Test
    void oneExceptionThrownTwiceIsNotSuppressedInItself(Loop loop) {
        IllegalStateException same = new IllegalStateException();
        for (int i = 0; i < 2; i++) {
            loop.execute(() -> {
                throw same;
            });
        }
        loop.execute(journal.note("third"));
        assertSame(same, assertThrows(IllegalStateException.class, loop::run));
        assertEquals(0, same.getSuppressed().length);
        journal.expect("third");
    }

    @Test
    void exceptionsInTheEarlyTimersEndTheRunBeforeItsFirstIteration(Loop loop) {
        Timer.after(loop, 0, throwing("timer"));
        Idle idle = new Idle(loop);
        idle.start(journal.note("idle"));
        assertThrows(IllegalStateException.class, loop::run);
        journal.expect();
        idle.close();
        loop.run();
    }

    @Test
    void runThrowsCheckedExceptionsAndErrorsUnchanged(Loop loop) {
        loop.execute(() -> LoopUncaughtTest.<RuntimeException>throwAs(new IOException("checked")));
        assertThrows(IOException.class, loop::run);
        loop.execute(() -> {
            throw new StackOverflowError();
        });
        assertThrows(StackOverflowError.class, loop::run);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAs(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void anUncaughtHandlerReceivesTheExceptionsAndTheLoopContinues(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add(thrown.getMessage()));
        loop.execute(throwing("one"));
        loop.nextTick(throwing("tick"));
        Timer.after(loop, 0, throwing("timer"));
        Timer.after(loop, 0, () -> Timer.after(loop, 0, journal.note("later")));
        assertFalse(loop.run());
        journal.expect("tick", "timer", "one", "later");
    }

    @Test
    void runThrowsTheExceptionOfAnUncaughtHandler(Loop loop) {
        loop.setUncaughtHandler(thrown -> {
            throw new IllegalArgumentException("from the handler", thrown);
        });
        loop.execute(throwing("task"));
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, loop::run);
        assertEquals("task", thrown.getCause().getMessage());
        assertFalse(loop.run());
    }

    @Test
    void afterTheUncaughtHandlerWasRemovedRunThrowsAgain(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add("handled"));
        loop.setUncaughtHandler(null);
        loop.execute(throwing("task"));
        assertThrows(IllegalStateException.class, loop::run);
        journal.expect();
    }

    @Test
    void aRepeatingTimerIsRepairedBeforeItsCallbackThrows(Loop loop, ManualClock clock) {
        Timer timer = new Timer(loop);
        timer.start(10, 10, throwing("timer"));
        for (int i = 1; i <= 3; i++) {
            assertThrows(IllegalStateException.class, loop::run);
            assertEquals(10 * i, loop.now());
        }
        timer.close();
        loop.run();
    }

    @Test
    void allEventsOfABatchAreDeliveredIfOneListenerThrows(Loop loop) {
        try (Descriptor one = Descriptor.event(1);
                Descriptor two = Descriptor.event(1)) {
            LoopCore.of(loop).keepAlive();
            Watch first = new Watch(loop, one.fd(), Epoll.EPOLLIN).then(throwing("event"));
            Watch second = new Watch(loop, two.fd(), Epoll.EPOLLIN).then(throwing("event"));
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> loop.run(RunMode.ONCE));
            assertEquals(1, thrown.getSuppressed().length);
            assertEquals(2, first.events.size() + second.events.size());
            first.detach(true);
            second.detach(true);
            LoopCore.of(loop).letGo();
        }
    }

    @Test
    void aHandleWhoseCloseCallbackThrowsLeavesTheLoop(Loop loop) {
        new Timer(loop).close(throwing("close callback"));
        assertThrows(IllegalStateException.class, loop::run);
        assertFalse(loop.isAlive());
    }
}
