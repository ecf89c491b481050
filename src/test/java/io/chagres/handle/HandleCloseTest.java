package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class HandleCloseTest {

    private final Journal journal = new Journal();

    /** A handle with a pending request. Each step of its close may throw. */
    private final class Custom extends Handle {
        private final boolean releaseThrows;
        private final boolean cancelThrows;

        Custom(Loop loop, boolean releaseThrows, boolean cancelThrows) {
            super(loop);
            this.releaseThrows = releaseThrows;
            this.cancelThrows = cancelThrows;
            activate();
        }

        @Override
        protected void release() {
            journal.add("release");
            if (releaseThrows) {
                throw new IllegalStateException("release");
            }
        }

        @Override
        protected void cancelRequests() {
            journal.add("cancel " + isClosed());
            if (cancelThrows) {
                throw new IllegalStateException("cancel");
            }
        }
    }

    private static String codeOf(Runnable call) {
        return assertThrows(UsageException.class, call::run).code();
    }

    @Test
    void theCloseCallbackRunsLaterAndLast(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(0, journal.note("timer"));
        timer.close(journal.note("closed"));
        journal.expect();
        loop.run();
        journal.expect("closed");
        assertTrue(timer.isClosed());
    }

    @Test
    void requestsAreCancelledBeforeTheCloseCallback(Loop loop) {
        new Custom(loop, false, false).close(journal.note("closed"));
        journal.expect("release");
        loop.run();
        journal.expect("cancel true", "closed");
    }

    @Test
    void aSecondCloseIsRefusedIfItHasACallback(Loop loop) {
        Timer timer = new Timer(loop);
        timer.close(journal.note("closed"));
        assertEquals("EINVAL", codeOf(() -> timer.close(journal.note("again"))));
        timer.close();
        loop.run();
        assertEquals("EINVAL", codeOf(() -> timer.close(journal.note("again"))));
        timer.close();
        assertFalse(loop.run());
        journal.expect("closed");
    }

    @Test
    void closeWithANullCallbackIsRefused(Loop loop) {
        Timer timer = new Timer(loop);
        assertEquals("EINVAL", codeOf(() -> timer.close(null)));
        assertFalse(timer.isClosing());
        timer.close();
        loop.run();
    }

    @Test
    void aHandleThatIsClosedInItsOwnCallbackCallsBackNoMore(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(0, 1, () -> {
            journal.add("timer");
            timer.close(journal.note("closed"));
        });
        loop.run();
        journal.expect("timer", "closed");
    }

    @Test
    void closeInTheCloseCallbackOfTheSameHandleHasNoEffect(Loop loop) {
        Timer timer = new Timer(loop);
        timer.close(() -> {
            timer.close();
            journal.add(codeOf(() -> timer.close(journal.note("again"))));
        });
        loop.run();
        journal.expect("EINVAL");
    }

    @Test
    void theCloseCallbacksOfOneIterationRunInReverseOrder(Loop loop) {
        new Timer(loop).close(journal.note("first"));
        new Idle(loop).close(journal.note("second"));
        new Check(loop).close(journal.note("third"));
        loop.run();
        journal.expect("third", "second", "first");
    }

    @Test
    void aHandleThatACloseCallbackClosesEndsInTheNextIteration(Loop loop) {
        Timer second = new Timer(loop);
        new Timer(loop).close(() -> {
            journal.add("first");
            second.close(journal.note("second"));
        });
        assertTrue(loop.run(RunMode.NOWAIT));
        journal.expect("first");
        assertFalse(loop.run(RunMode.NOWAIT));
        journal.expect("second");
    }

    @Test
    void aCloseCallbackMayOpenAnotherHandle(Loop loop) {
        new Timer(loop).close(() -> Timer.after(loop, 0, journal.note("timer")));
        loop.run();
        journal.expect("timer");
    }

    @Test
    void aHandleWhoseReleaseThrowsStillCloses(Loop loop) {
        Custom custom = new Custom(loop, true, false);
        IllegalStateException thrown =
                assertThrows(IllegalStateException.class, () -> custom.close(journal.note("closed")));
        assertEquals("release", thrown.getMessage());
        assertFalse(custom.isActive());
        assertFalse(loop.run());
        journal.expect("release", "cancel true", "closed");
    }

    @Test
    void aHandleWhoseCancellingThrowsStillCallsBack(Loop loop) {
        Custom custom = new Custom(loop, false, true);
        custom.close(journal.note("closed"));
        IllegalStateException thrown = assertThrows(IllegalStateException.class, loop::run);
        assertEquals("cancel", thrown.getMessage());
        journal.expect("release", "cancel true", "closed");
        assertTrue(custom.isClosed());
    }

    @Test
    void aCloseListenerRunsIfTheHandleOrTheLoopIsClosed() {
        try (Loop loop = new Loop()) {
            Timer timer = new Timer(loop);
            timer.onClose(journal.note("closed with the loop"));
            Timer other = new Timer(loop);
            other.onClose(journal.note("closed by itself"));
            other.close();
            loop.run();
        }
        journal.expect("closed by itself", "closed with the loop");
    }

    @Test
    void closeListenersRunInOrderOfRegistrationAndTheCallbackOfCloseRunsLast(Loop loop) {
        Timer timer = new Timer(loop);
        timer.onClose(journal.note("first"));
        timer.onClose(journal.note("second"));
        timer.close(journal.note("given to close"));
        assertEquals("EINVAL", codeOf(() -> timer.onClose(journal.note("too late"))));
        loop.run();
        journal.expect("first", "second", "given to close");
    }

    @Test
    void theSameCloseListenerRunsAsOftenAsItWasAdded(Loop loop) {
        Timer timer = new Timer(loop);
        Runnable listener = journal.note("closed");
        timer.onClose(listener);
        timer.onClose(listener);
        timer.close();
        loop.run();
        journal.expect("closed", "closed");
    }

    @Test
    void aCloseListenerThatWasRemovedDoesNotRun(Loop loop) {
        Runnable only = journal.note("only");
        Timer one = new Timer(loop);
        one.onClose(only);
        one.offClose(journal.note("another"));
        one.offClose(only);
        one.close();

        Runnable twice = journal.note("twice");
        Timer several = new Timer(loop);
        several.onClose(twice);
        several.onClose(journal.note("other"));
        several.onClose(twice);
        several.offClose(twice);
        several.close();
        loop.run();
        journal.expect("twice", "other");
    }

    @Test
    void aCloseListenerCanBeRemovedWhileItsHandleIsClosing(Loop loop) {
        Runnable listener = journal.note("closed");
        Timer timer = new Timer(loop);
        timer.onClose(listener);
        timer.close();
        timer.offClose(listener);
        loop.run();
        timer.offClose(listener);
        journal.expect();
    }

    @Test
    void aCloseListenerThatThrowsDoesNotPreventTheOthers(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add(thrown.getMessage()));
        Timer timer = new Timer(loop);
        timer.onClose(() -> {
            loop.nextTick(journal.note("tick"));
            throw new IllegalStateException("first");
        });
        timer.onClose(journal.note("second"));
        timer.close();
        loop.run();
        journal.expect("first", "tick", "second");
    }

    @Test
    void aNullCloseListenerIsRefused(Loop loop) {
        Timer timer = new Timer(loop);
        assertEquals("EINVAL", codeOf(() -> timer.onClose(null)));
        timer.close();
        loop.run();
    }

    @Test
    void thousandsOfCloseListenersNeedNoDeepStack(Loop loop) {
        Timer timer = new Timer(loop);
        int[] count = {0};
        for (int i = 0; i < 100_000; i++) {
            timer.onClose(() -> count[0]++);
        }
        timer.close();
        loop.run();
        assertEquals(100_000, count[0]);
    }
}
