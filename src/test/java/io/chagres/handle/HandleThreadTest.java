package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** Calls from a thread that is not the loop's. */
@ExtendWith(LoopFixture.class)
class HandleThreadTest {

    private static final Runnable NOTHING = () -> {};

    private Loop loop;
    private Timer timer;
    private List<PhaseHandle> watchers;

    @BeforeEach
    void open(Loop fixtureLoop) {
        loop = fixtureLoop;
        timer = new Timer(loop);
        watchers = List.of(new Idle(loop), new Prepare(loop), new Check(loop));
    }

    @AfterEach
    void close() {
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    private static Throwable thrownOnAStranger(Executable call) throws InterruptedException {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread stranger = Thread.ofPlatform().name("stranger").start(() -> {
            try {
                call.execute();
                thrown.complete(null);
            } catch (Throwable it) {
                thrown.complete(it);
            }
        });
        Waits.join(stranger);
        return Waits.get(thrown);
    }

    private void expectRefused(Stream<Executable> calls) {
        String message = "the loop belongs to thread \""
                + Thread.currentThread().getName() + "\", and this is \"stranger\": use Loop.execute or Async.send";
        assertAll(calls.map(call -> () -> {
            WrongThreadException wrong = assertInstanceOf(WrongThreadException.class, thrownOnAStranger(call));
            assertEquals(message, wrong.getMessage());
        }));
    }

    @Test
    void aHandleCannotBeOpenedOnTheLoopOfAnotherThread() {
        expectRefused(Stream.of(
                () -> new Timer(loop),
                () -> new Idle(loop),
                () -> new Prepare(loop),
                () -> new Check(loop),
                () -> Timer.after(loop, 1, NOTHING),
                () -> Timer.every(loop, 1, NOTHING),
                () -> Handle.walk(loop, handle -> {})));
        assertEquals("Timer (inactive)", timer.toString());
    }

    @Test
    void theMethodsOfEveryHandleAreRefusedToAnotherThread() {
        expectRefused(Stream.of(
                timer::isActive,
                timer::isClosing,
                timer::isClosed,
                timer::hasRef,
                timer::ref,
                timer::unref,
                timer::close,
                () -> timer.close(NOTHING),
                () -> timer.onClose(NOTHING),
                () -> timer.offClose(NOTHING)));
    }

    @Test
    void theMethodsOfATimerAreRefusedToAnotherThread() {
        expectRefused(Stream.of(
                () -> timer.start(1, NOTHING),
                () -> timer.start(1, 1, NOTHING),
                () -> timer.start(Duration.ZERO, Duration.ZERO, NOTHING),
                timer::stop,
                timer::again,
                timer::repeatMillis,
                () -> timer.setRepeatMillis(1),
                timer::dueInMillis));
    }

    @Test
    void theMethodsOfPhaseHandlesAreRefusedToAnotherThread() {
        for (PhaseHandle watcher : watchers) {
            expectRefused(Stream.of(() -> watcher.start(NOTHING), watcher::stop));
        }
    }

    @Test
    void loopAndToStringOfAHandleAreAvailableToAnyThread() throws InterruptedException {
        assertEquals(null, thrownOnAStranger(timer::loop));
        assertEquals(null, thrownOnAStranger(timer::toString));
    }
}
