package io.chagres.handle;

import static io.chagres.loop.RunMode.NOWAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The behaviour that idle, prepare and check handles share. */
@ExtendWith(LoopFixture.class)
class WatcherTurnsTest {

    /** The three kinds of libuv's "loop watchers". */
    enum Kind {
        IDLE(Idle::new),
        PREPARE(Prepare::new),
        CHECK(Check::new);

        private final Function<Loop, PhaseHandle> maker;

        Kind(Function<Loop, PhaseHandle> maker) {
            this.maker = maker;
        }

        PhaseHandle on(Loop loop) {
            return maker.apply(loop);
        }
    }

    private final Journal journal = new Journal();

    private PhaseHandle start(Kind kind, Loop loop, String name) {
        PhaseHandle handle = kind.on(loop);
        handle.start(journal.note(name));
        return handle;
    }

    private static void closeAll(Loop loop) {
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    @ParameterizedTest
    @EnumSource
    void thePhaseHandleThatWasStartedLastRunsFirst(Kind kind, Loop loop) {
        start(kind, loop, "first");
        start(kind, loop, "second");
        start(kind, loop, "third");
        loop.run(NOWAIT);
        journal.expect("third", "second", "first");
        loop.run(NOWAIT);
        journal.expect("third", "second", "first");
        closeAll(loop);
    }

    @ParameterizedTest
    @EnumSource
    void aPhaseHandleThatAnotherStartsRunsFromTheNextIteration(Kind kind, Loop loop) {
        PhaseHandle second = kind.on(loop);
        kind.on(loop).start(() -> {
            journal.add("first");
            second.start(journal.note("second"));
        });
        loop.run(NOWAIT);
        journal.expect("first");
        loop.run(NOWAIT);
        journal.expect("second", "first");
        closeAll(loop);
    }

    @ParameterizedTest
    @EnumSource
    void aPhaseHandleThatIsStoppedBeforeItsTurnDoesNotRun(Kind kind, Loop loop) {
        PhaseHandle second = start(kind, loop, "second");
        kind.on(loop).start(() -> {
            journal.add("first");
            second.stop();
        });
        loop.run(NOWAIT);
        journal.expect("first");
        closeAll(loop);
    }

    @ParameterizedTest
    @EnumSource
    void aPhaseHandleThatIsRestartedBeforeItsTurnRunsFromTheNextIteration(Kind kind, Loop loop) {
        PhaseHandle second = start(kind, loop, "second");
        kind.on(loop).start(() -> {
            journal.add("first");
            second.stop();
            second.start(journal.note("started again"));
        });
        loop.run(NOWAIT);
        journal.expect("first");
        closeAll(loop);
    }

    @ParameterizedTest
    @EnumSource
    @Covers("libuv:queue_foreach_delete")
    void aPhaseHandleMayCloseItselfAndTheNext(Kind kind, Loop loop) {
        start(kind, loop, "third");
        PhaseHandle second = start(kind, loop, "second");
        PhaseHandle first = kind.on(loop);
        first.start(() -> {
            journal.add("first");
            first.close();
            second.close();
        });
        loop.run(NOWAIT);
        journal.expect("first", "third");
        closeAll(loop);
    }

    @ParameterizedTest
    @EnumSource
    void aSecondStartOfAPhaseHandleDoesNotReplaceItsCallback(Kind kind, Loop loop) {
        PhaseHandle handle = start(kind, loop, "first callback");
        handle.start(journal.note("second callback"));
        handle.start(null);
        loop.run(NOWAIT);
        journal.expect("first callback");
        handle.stop();
        handle.start(journal.note("third callback"));
        loop.run(NOWAIT);
        journal.expect("third callback");
        closeAll(loop);
    }

    @ParameterizedTest
    @EnumSource
    void startOfAPhaseHandleWithoutACallbackOrAfterItsCloseIsRefused(Kind kind, Loop loop) {
        PhaseHandle handle = kind.on(loop);
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> handle.start(null)).code());
        assertFalse(handle.isActive());
        handle.close();
        handle.stop();
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> handle.start(() -> {})).code());
        loop.run();
    }

    @ParameterizedTest
    @EnumSource
    void stoppingAPhaseHandleTwiceIsTheSameAsOnce(Kind kind, Loop loop) {
        PhaseHandle handle = kind.on(loop);
        handle.stop();
        handle.start(() -> {});
        assertTrue(loop.isAlive());
        handle.stop();
        handle.stop();
        assertFalse(loop.isAlive());
        closeAll(loop);
    }

    @ParameterizedTest
    @EnumSource
    void aPhaseHandleThatThrowsDoesNotPreventTheNextAndRunsAgain(Kind kind, Loop loop) {
        start(kind, loop, "second");
        kind.on(loop).start(() -> {
            throw new IllegalStateException();
        });
        for (int i = 0; i < 2; i++) {
            assertThrows(IllegalStateException.class, () -> loop.run(NOWAIT));
            journal.expect("second");
        }
        closeAll(loop);
    }
}
