package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.fixture.Descriptor;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Check;
import io.chagres.handle.Idle;
import io.chagres.handle.Prepare;
import io.chagres.handle.Timer;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Watch;
import io.chagres.sys.Epoll;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ticks run right after the callback that queued them, before the next callback of any kind. */
@ExtendWith(LoopFixture.class)
class LoopTicksTest {

    private final Journal journal = new Journal();

    /** Registers two callbacks of one kind and expects the tick of the first between them. */
    private void expectTicksBetween(Loop loop, Consumer<Runnable> kind) {
        kind.accept(() -> noteAndTick(loop));
        kind.accept(() -> noteAndTick(loop));
        loop.run();
        journal.expect("callback", "tick", "callback", "tick");
    }

    private void noteAndTick(Loop loop) {
        journal.add("callback");
        loop.nextTick(journal.note("tick"));
    }

    @Test
    void aTickRunsRightAfterTheTimerThatQueuedIt(Loop loop) {
        expectTicksBetween(loop, callback -> Timer.after(loop, 0, callback));
    }

    @Test
    void aTickRunsRightAfterTheIdleCallbackThatQueuedIt(Loop loop) {
        expectTicksBetween(loop, callback -> {
            Idle idle = new Idle(loop);
            idle.start(() -> {
                callback.run();
                idle.close();
            });
        });
    }

    @Test
    void aTickRunsRightAfterThePrepareCallbackThatQueuedIt(Loop loop) {
        expectTicksBetween(loop, callback -> {
            Prepare prepare = new Prepare(loop);
            prepare.start(() -> {
                callback.run();
                prepare.close();
            });
        });
    }

    @Test
    void aTickRunsRightAfterTheCheckCallbackThatQueuedIt(Loop loop) {
        loop.execute(() -> {});
        expectTicksBetween(loop, callback -> {
            Check check = new Check(loop);
            check.start(() -> {
                callback.run();
                check.close();
            });
        });
    }

    @Test
    void aTickRunsRightAfterTheCloseCallbackThatQueuedIt(Loop loop) {
        expectTicksBetween(loop, callback -> new Timer(loop).close(callback));
    }

    @Test
    void aTickRunsRightAfterTheTaskThatQueuedIt(Loop loop) {
        expectTicksBetween(loop, loop::execute);
    }

    @Test
    void aTickRunsRightAfterTheCompletionThatQueuedIt(Loop loop) {
        expectTicksBetween(loop, LoopCore.of(loop)::pend);
    }

    @Test
    void aTickRunsRightAfterTheWatcherCallbackThatQueuedIt(Loop loop) {
        LoopCore.of(loop).keepAlive();
        LoopCore.of(loop).keepAlive();
        try (Descriptor one = Descriptor.event(1);
                Descriptor two = Descriptor.event(1)) {
            Descriptor[] events = {one, two};
            int[] next = {0};
            expectTicksBetween(loop, callback -> {
                Watch watch = new Watch(loop, events[next[0]++].fd(), Epoll.EPOLLIN);
                watch.then(() -> {
                    callback.run();
                    watch.detach(true);
                    LoopCore.of(loop).letGo();
                });
            });
        }
    }

    @Test
    void aTickRunsRightAfterTheUncaughtHandlerThatQueuedIt(Loop loop) {
        loop.setUncaughtHandler(thrown -> noteAndTick(loop));
        Runnable throwing = () -> {
            throw new IllegalStateException();
        };
        expectTicksBetween(loop, ignored -> loop.execute(throwing));
    }

    @Test
    void aTickThatATickQueuesRunsBeforeTheNextCallback(Loop loop) {
        loop.execute(() -> {
            loop.nextTick(() -> {
                journal.add("first");
                loop.nextTick(journal.note("third"));
            });
            loop.nextTick(journal.note("second"));
        });
        loop.execute(journal.note("next task"));
        loop.run();
        journal.expect("first", "second", "third", "next task");
    }

    @Test
    void aTickRunsToItsEndBeforeTheNext(Loop loop) {
        loop.nextTick(() -> {
            loop.nextTick(journal.note("second"));
            LoopCore.of(loop).callbacks().invoke(journal.note("called by the first"));
            journal.add("first");
        });
        loop.run();
        journal.expect("called by the first", "first", "second");
    }

    @Test
    void aTickThatWasQueuedBeforeTheRunRunsFirst(Loop loop) {
        Timer.after(loop, 0, journal.note("timer"));
        loop.nextTick(journal.note("tick"));
        journal.expect();
        loop.run();
        journal.expect("tick", "timer");
    }

    @Test
    void aTickThatThrowsDoesNotPreventTheNext(Loop loop) {
        loop.nextTick(() -> {
            throw new IllegalStateException("a tick");
        });
        loop.nextTick(journal.note("second"));
        IllegalStateException thrown = assertThrows(IllegalStateException.class, loop::run);
        assertEquals("a tick", thrown.getMessage());
        journal.expect("second");
    }

    @Test
    void ticksRunWhileTheLoopCloses() {
        try (Loop loop = new Loop()) {
            loop.nextTick(journal.note("tick from before"));
            new Timer(loop).close(() -> loop.nextTick(journal.note("tick of a close callback")));
        }
        journal.expect("tick from before", "tick of a close callback");
    }
}
