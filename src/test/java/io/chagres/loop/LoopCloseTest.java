package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.handle.Idle;
import io.chagres.handle.Timer;
import io.chagres.handle.Work;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Resident;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** After each test, the fixture checks that the descriptors are freed. */
@ExtendWith(LoopFixture.class)
class LoopCloseTest {

    private final Journal journal = new Journal();
    private final Loop loop = new Loop();

    /** A resident that resists its close, in several ways. */
    private abstract class Stubborn extends Resident {
        Stubborn() {
            super(LoopCore.of(loop));
            LoopCore.of(loop).residents().add(this);
        }

        @Override
        protected void finishClose() {
            LoopCore.of(loop).residents().remove(this);
            journal.add("finished");
        }

        @Override
        public String toString() {
            return "Stubborn";
        }
    }

    @Test
    void aLoopThatClosesClosesOpenHandlesAndRunsPendingCloseCallbacks() {
        Timer open = new Timer(loop);
        open.start(0, journal.note("timer"));
        Idle unreferenced = new Idle(loop);
        unreferenced.unref();
        unreferenced.start(journal.note("idle"));
        new Timer(loop).close(journal.note("closed"));
        loop.close();
        journal.expect("closed");
        assertTrue(open.isClosed());
        assertTrue(unreferenced.isClosed());
    }

    @Test
    void closingALoopTwiceIsTheSameAsOnce() {
        loop.close();
        loop.close();
        loop.closeStrictly();
    }

    @Test
    @Covers("libuv:default_loop_close")
    void afterOneLoopIsClosedAnotherCanBeUsed() {
        Timer.after(loop, 0, journal.note("one"));
        loop.run();
        loop.close();
        try (Loop other = new Loop()) {
            Timer.after(other, 0, journal.note("other"));
            other.run();
        }
        journal.expect("one", "other");
    }

    @Test
    void aClosedLoopDoesNotRun() {
        loop.close();
        assertEquals(
                "ERR_LOOP_CLOSED", assertThrows(UsageException.class, loop::run).code());
    }

    @Test
    void nothingCanBeOpenedOnALoopThatCloses() {
        new Timer(loop).close(() -> {
            UsageException refused = assertThrows(UsageException.class, () -> new Timer(loop));
            journal.add(refused.code());
        });
        loop.close();
        journal.expect("ERR_LOOP_CLOSED");
        assertEquals(
                "ERR_LOOP_CLOSED",
                assertThrows(UsageException.class, () -> new Timer(loop)).code());
    }

    @Test
    void closeInsideACallbackIsRefusedWithEbusy() {
        loop.execute(() ->
                journal.add(assertThrows(UsageException.class, loop::close).code()));
        loop.run();
        journal.expect("EBUSY");
        loop.close();
    }

    @Test
    void closeInsideACloseCallbackIsRefusedWithEbusy() {
        new Timer(loop).close(() -> {
            journal.add(assertThrows(UsageException.class, loop::close).code());
            journal.add(assertThrows(UsageException.class, loop::run).code());
        });
        loop.close();
        journal.expect("EBUSY", "EBUSY");
    }

    @Test
    void aCloseCallbackThatThrowsDoesNotPreventTheOthers() {
        new Timer(loop).close(journal.note("last"));
        new Timer(loop).close(() -> {
            throw new IllegalStateException("second");
        });
        new Timer(loop).close(() -> {
            throw new IllegalStateException("first");
        });
        IllegalStateException thrown = assertThrows(IllegalStateException.class, loop::close);
        assertEquals("first", thrown.getMessage());
        assertEquals("second", thrown.getSuppressed()[0].getMessage());
        journal.expect("last");
    }

    @Test
    void theUncaughtHandlerReceivesWhatCloseCallbacksOfAClosingLoopThrow() {
        loop.setUncaughtHandler(thrown -> journal.add(thrown.getMessage()));
        new Timer(loop).close(() -> {
            throw new IllegalStateException("close callback");
        });
        loop.close();
        journal.expect("close callback");
    }

    @Test
    void aResidentThatThrowsInsteadOfClosingDoesNotKeepOthersOpen() {
        Error broken = new AssertionError("broken");
        new Stubborn() {
            @Override
            public void close() {
                LoopCore.of(loop).phases().closing.add(this);
                throw broken;
            }
        };
        Timer timer = new Timer(loop);
        assertSame(broken, assertThrows(AssertionError.class, loop::close));
        assertTrue(timer.isClosed());
        journal.expect("finished");
    }

    @Test
    void closeWaitsForAHandleThatNeedsSeveralIterations() {
        new Stubborn() {
            private int asked;

            @Override
            public void close() {
                if (++asked == 3) {
                    LoopCore.of(loop).phases().closing.add(this);
                }
            }
        };
        loop.close();
        journal.expect("finished");
    }

    @Test
    void stopInACloseCallbackDoesNotShortenTheClose() {
        new Timer(loop).close(() -> {
            loop.stop();
            loop.execute(journal.note("task"));
        });
        loop.close();
        journal.expect("task");
    }

    @Test
    void aStoppedLoopCanBeClosed() {
        Timer timer = new Timer(loop);
        loop.stop();
        loop.close();
        assertTrue(timer.isClosed());
    }

    @Test
    void closeWaitsForRunningWork() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Work.submit(
                loop,
                () -> {
                    begun.countDown();
                    Waits.await(mayEnd);
                    return "done";
                },
                (result, failure) -> journal.add(result));
        Waits.await(begun);
        loop.execute(mayEnd::countDown);
        loop.close();
        journal.expect("done");
    }

    @Test
    void aStopDoesNotMakeAClosingLoopSpinWhileItWaits() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch asleep = new CountDownLatch(1);
        Loop sleeper = new Loop(new LoopClock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public long sleep(long nanos) {
                asleep.countDown();
                return nanos;
            }
        });
        Work.submit(
                sleeper,
                () -> {
                    begun.countDown();
                    return asleep.await(30, TimeUnit.SECONDS);
                },
                (slept, failure) -> journal.add("slept " + slept));
        Waits.await(begun);
        sleeper.stop();
        sleeper.close();
        loop.close();
        journal.expect("slept true");
    }

    @Test
    void theLastTasksMayPostTasksAndTicks() {
        loop.execute(() -> {
            loop.nextTick(journal.note("tick"));
            LoopCore.of(loop).pend(journal.note("completion"));
            loop.execute(journal.note("task of a task"));
        });
        loop.close();
        journal.expect("tick", "completion", "task of a task");
    }

    @Test
    void theTickAndTheCompletionOfTheLastTaskRun() {
        loop.execute(() -> loop.execute(() -> {
            loop.nextTick(journal.note("tick"));
            LoopCore.of(loop).pend(journal.note("completion"));
        }));
        loop.close();
        journal.expect("tick", "completion");
    }

    @Test
    void aLoopThatNeverRanCanBeClosed() {
        assertFalse(loop.isAlive());
        loop.close();
    }
}
