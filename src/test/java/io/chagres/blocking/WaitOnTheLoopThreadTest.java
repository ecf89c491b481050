package io.chagres.blocking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.group.GroupOptions;
import io.chagres.group.GroupServer;
import io.chagres.group.LoopGroup;
import io.chagres.group.Sharing;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** A wait on the loop thread for what only this thread can do is refused, instead of a silence without an end. */
@ExtendWith(LoopFixture.class)
class WaitOnTheLoopThreadTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static UsageException expectDeadlock(Executable wait) {
        UsageException refused = assertThrows(UsageException.class, wait);
        assertEquals("EDEADLK", refused.code());
        return refused;
    }

    @Test
    void everyWaitForAPendingFutureIsRefused(Loop loop) {
        CompletableFuture<Void> future = Futures.of(loop, done -> {});
        expectDeadlock(() -> future.get(1, TimeUnit.SECONDS));
        expectDeadlock(() -> Futures.await(future, LIMIT));
        expectDeadlock(() -> Futures.await(future));
        UsageException refused = expectDeadlock(
                () -> future.thenApply(none -> 1).handle((result, error) -> 2).get(1, TimeUnit.SECONDS));
        String thread = Thread.currentThread().getName();
        assertTrue(
                refused.getMessage()
                        .startsWith(
                                "get(timeout) waits, and \"" + thread + "\" is the thread of the loop, which alone"),
                refused.getMessage());
        assertTrue(!future.isDone(), "the future is as before");
        future.cancel(true);
    }

    @Test
    void aFutureThatIsCompleteHasItsResultOnTheLoopThread(Loop loop) throws Exception {
        CompletableFuture<Integer> future = Futures.call(loop, () -> 1);
        assertEquals(1, future.get(1, TimeUnit.SECONDS));
        assertEquals(1, Futures.await(future));
        assertEquals(2, future.thenApply(one -> one + 1).get(1, TimeUnit.SECONDS));
    }

    @Test
    void theEndOfALoopThreadCanNotBeAwaitedOnItself() {
        try (LoopThread io = Loop.startDaemon("io", loop -> {})) {
            CompletableFuture<UsageException> refused = Futures.call(
                    io.loop(), () -> expectDeadlock(() -> io.ended().get(1, TimeUnit.SECONDS)));
            Waits.get(refused);
        }
    }

    @Test
    void theEndOfAGroupServerCanNotBeAwaitedOnALoopOfTheGroup() {
        try (LoopGroup group = LoopGroup.start(2, GroupOptions.named("group"))) {
            GroupServer server = group.listen(
                    ListenOptions.at("127.0.0.1", 0), Sharing.SHARED, loop -> Net.createServer(loop, socket -> {}));
            Loop second = server.server(1).loop();
            Waits.get(Futures.call(second, () -> {
                expectDeadlock(() -> group.forEach(loop -> {}).get(1, TimeUnit.SECONDS));
                return expectDeadlock(() -> server.close(Duration.ofSeconds(1)).get(1, TimeUnit.SECONDS));
            }));
        }
    }
}
