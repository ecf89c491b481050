package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.handle.Timer;
import io.chagres.loop.internal.LoopCore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

@ExtendWith(LoopFixture.class)
class LoopOwnershipTest {

    private final Journal journal = new Journal();

    /** Returns what {@code call} throws on a thread of the given kind. */
    private static Throwable thrownOn(Thread.Builder kind, Executable call) throws InterruptedException {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread stranger = kind.name("stranger").start(() -> {
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

    private static Throwable thrownOnAStranger(Executable call) throws InterruptedException {
        return thrownOn(Thread.ofPlatform(), call);
    }

    @Test
    void callsFromAnotherThreadFailAndNameTheOwner(Loop loop) {
        Stream<Executable> calls = Stream.of(
                loop::stop,
                loop::takeOver,
                loop::backendFd,
                loop::backendTimeoutNanos,
                loop::isAlive,
                loop::now,
                loop::updateTime,
                loop::close,
                loop::closeStrictly,
                () -> loop.nextTick(() -> {}),
                () -> loop.setUncaughtHandler(null));
        String message = "the loop belongs to thread \""
                + Thread.currentThread().getName() + "\", and this is \"stranger\": use Loop.execute or Async.send";
        assertAll(calls.map(call -> () -> {
            WrongThreadException wrong = assertInstanceOf(WrongThreadException.class, thrownOnAStranger(call));
            assertEquals(message, wrong.getMessage());
        }));
    }

    @Test
    void runOfARunningLoopFromAnotherThreadIsRefused(Loop loop) {
        loop.execute(() -> assertInstanceOf(WrongThreadException.class, refusalOfAStranger(loop)));
        loop.run();
    }

    private static Throwable refusalOfAStranger(Loop loop) {
        try {
            return thrownOnAStranger(loop::run);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void executeAndTheLoopOfAHandleAreAvailableToAnyThread(Loop loop) throws InterruptedException {
        assertEquals(null, thrownOnAStranger(() -> LoopCore.of(loop).loop().execute(journal.note("task"))));
        loop.run();
        journal.expect("task");
    }

    @Test
    void aLoopWhoseThreadHasEndedCanBeTakenOver() throws InterruptedException {
        Loop loop = new Loop();
        Waits.join(Thread.ofPlatform().name("mortal").start(loop::run));
        loop.takeOver();
        loop.nextTick(journal.note("tick"));
        loop.run();
        journal.expect("tick");
        Waits.join(Thread.ofPlatform().name("mortal").start(loop::run));
        loop.close();
    }

    @Test
    void aCheckDoesNotTakeOverALoopWhoseThreadHasEnded() throws InterruptedException {
        Loop loop = new Loop();
        Timer timer = new Timer(loop);
        Waits.join(Thread.ofPlatform().name("mortal").start(loop::run));
        String message = "the loop belongs to thread \"mortal\", and this is \""
                + Thread.currentThread().getName() + "\": that thread has ended, see Loop.takeOver";
        for (Executable call : List.<Executable>of(loop::now, loop::stop, loop::isAlive, timer::close)) {
            assertEquals(message, assertThrows(WrongThreadException.class, call).getMessage());
        }
        assertFalse(LoopCore.of(loop).isLoopThread());
        loop.close();
        assertTrue(timer.isClosed());
    }

    @Test
    void runAndTheStrictCloseTakeOverALoopWhoseThreadHasEnded() throws InterruptedException {
        Loop loop = new Loop();
        Waits.join(Thread.ofPlatform().name("mortal").start(loop::run));
        loop.run();
        loop.now();
        Waits.join(Thread.ofPlatform().name("mortal").start(loop::run));
        loop.closeStrictly();
    }

    @Test
    void aLoopWhoseThreadIsAliveCanNotBeTakenOver(Loop loop) throws InterruptedException {
        loop.takeOver();
        assertInstanceOf(WrongThreadException.class, thrownOnAStranger(loop::takeOver));
        loop.now();
    }

    @Test
    void aVirtualThreadDoesNotInheritALoopWhoseThreadHasEnded() throws InterruptedException {
        Loop loop = new Loop();
        Waits.join(Thread.ofPlatform().name("mortal").start(loop::run));
        for (Executable call : List.<Executable>of(
                loop::takeOver,
                loop::now,
                loop::stop,
                loop::isAlive,
                loop::close,
                () -> loop.nextTick(() -> {}),
                LoopCore.of(loop)::checkThread)) {
            WrongThreadException wrong =
                    assertInstanceOf(WrongThreadException.class, thrownOn(Thread.ofVirtual(), call));
            assertTrue(wrong.getMessage().startsWith("the loop belongs to thread \"mortal\""), wrong.getMessage());
        }
        loop.close();
    }

    @Test
    void aLoopBelongsToTheThreadThatRanItLast(Loop loop) throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        CountDownLatch mayGoBack = new CountDownLatch(1);
        Thread other = Thread.ofPlatform().name("other").start(() -> {
            loop.run();
            ran.countDown();
            awaitQuietly(mayGoBack);
        });
        Waits.await(ran);
        WrongThreadException wrong = assertThrows(WrongThreadException.class, loop::now);
        assertTrue(wrong.getMessage().contains("\"other\""), wrong.getMessage());
        mayGoBack.countDown();
        Waits.join(other);
        loop.run();
        loop.now();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            Waits.await(latch);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aVirtualThreadMayNotRunALoop(Loop loop) throws InterruptedException {
        UsageException refused = assertInstanceOf(UsageException.class, thrownOn(Thread.ofVirtual(), loop::run));
        assertEquals("EINVAL", refused.code());
        assertEquals(
                "a loop runs on a platform thread, and \"stranger\" is a virtual one: use Loop.start",
                refused.getMessage());
        loop.now();
    }

    @Test
    void ofTwoThreadsThatRunALoopAtOnceOneIsRefused(Loop loop) throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            runFromTwoThreads(loop);
        }
        loop.run();
    }

    private void runFromTwoThreads(Loop loop) throws InterruptedException {
        int[] together = {0};
        loop.execute(() -> together[0]++);
        Thread one = Thread.ofPlatform().start(() -> runOrBeRefused(loop));
        Thread two = Thread.ofPlatform().start(() -> runOrBeRefused(loop));
        Waits.join(one);
        Waits.join(two);
        assertEquals(1, together[0]);
    }

    private static void runOrBeRefused(Loop loop) {
        try {
            loop.run();
        } catch (WrongThreadException refused) {
            assertTrue(refused.getMessage().startsWith("the loop belongs to"));
        }
    }
}
