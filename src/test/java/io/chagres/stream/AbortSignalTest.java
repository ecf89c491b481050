package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Journal;
import io.chagres.loop.Loop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class AbortSignalTest {

    private final Journal journal = new Journal();
    private final AbortController controller = new AbortController();
    private final AbortSignal signal = controller.signal();

    @Test
    void listenersAreCalledOnceInTheOrderOfRegistration() {
        signal.onAbort(journal.note("first"));
        signal.onAbort(journal.note("second"));
        controller.abort();
        controller.abort();
        journal.expect("first", "second");
        assertEquals(0, signal.listeners(), "and lets go of them");
    }

    @Test
    void eachListenerIsCalledEvenIfOthersThrow() {
        IllegalStateException first = new IllegalStateException("first");
        AssertionError second = new AssertionError("second");
        signal.onAbort(() -> {
            throw first;
        });
        signal.onAbort(journal.note("between"));
        signal.onAbort(() -> {
            throw second;
        });
        signal.onAbort(journal.note("last"));
        assertSame(first, assertThrows(IllegalStateException.class, controller::abort));
        assertEquals(List.of(second), List.of(first.getSuppressed()));
        journal.expect("between", "last");
        controller.abort();
        journal.expect();
    }

    @Test
    void whatAListenerOfALoopThrowsGoesToTheLoop() {
        AssertionError broken = new AssertionError();
        try (Loop loop = new Loop()) {
            loop.setUncaughtHandler(thrown -> journal.add(thrown == broken ? "uncaught" : "" + thrown));
            signal.onAbort(loop, () -> {
                throw broken;
            });
            signal.onAbort(loop, journal.note("next"));
            controller.abort();
        }
        journal.expect("uncaught", "next");
    }

    @Test
    void anAbortOnAnotherThreadThanTheLoopsIsRefusedAndCanBeMadeAfterwards() {
        try (Loop loop = new Loop()) {
            signal.onAbort(journal.note("of no loop"));
            signal.onAbort(loop, journal.note("of the loop"));
            CompletableFuture<Void> elsewhere =
                    CompletableFuture.runAsync(controller::abort, Thread.ofPlatform()::start);
            assertInstanceOf(
                    WrongThreadException.class,
                    assertThrows(CompletionException.class, elsewhere.orTimeout(30, TimeUnit.SECONDS)::join)
                            .getCause());
            assertFalse(signal.isAborted());
            journal.expect();
            controller.abort();
            journal.expect("of no loop", "of the loop");
        }
    }

    @Test
    void theErrorOfASignalIsNodesAbortError() {
        assertEquals("ABORT_ERR", signal.error().code());
        assertEquals("The operation was aborted", signal.error().getMessage());
        assertNull(signal.error().getCause());
    }

    @Test
    void theFirstReasonIsTheCauseOfTheError() {
        IllegalStateException reason = new IllegalStateException("enough");
        assertFalse(signal.isAborted());
        controller.abort(reason);
        controller.abort(new IllegalStateException("more than enough"));
        assertTrue(signal.isAborted());
        assertSame(reason, signal.reason());
        assertSame(reason, signal.error().getCause());
    }

    @Test
    void aListenerThatWasRemovedIsNotCalled() {
        Runnable listener = journal.note("done");
        Runnable remover = signal.onAbort(listener);
        signal.onAbort(listener);
        remover.run();
        remover.run();
        assertEquals(1, signal.listeners());
        controller.abort();
        journal.expect("done");
    }

    @Test
    void aListenerAddedAfterTheAbortIsNotCalled() {
        controller.abort();
        signal.onAbort(journal.note("done"));
        controller.abort();
        journal.expect();
    }

    @Test
    void aListenerMayRemoveAnotherDuringTheAbort() {
        signal.onAbort(() -> signal.onAbort(journal.note("never")).run());
        signal.onAbort(journal.note("done"));
        controller.abort();
        journal.expect("done");
    }

    @Test
    void aListenerThatIsNullIsRefused() {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> signal.onAbort(null)).code());
    }
}
