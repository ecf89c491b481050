package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class AsyncTest {

    private final AtomicInteger calls = new AtomicInteger();
    private final List<String> order = new ArrayList<>();
    private int closed;
    private Async async;

    @Test
    @Covers("libuv:async")
    void aThreadSendsUntilTheThirdCallbackClosesTheHandle(Loop loop) throws InterruptedException {
        Thread sender = Thread.ofPlatform().unstarted(this::sendUntilThree);
        Prepare prepare = new Prepare(loop);
        prepare.start(() -> {
            order.add("prepare");
            if (order.size() == 1) {
                sender.start();
            }
        });
        async = new Async(loop, () -> {
            if (calls.incrementAndGet() == 3) {
                async.close(() -> closed++);
                prepare.close(() -> closed++);
            }
        });
        assertFalse(loop.run());
        Waits.join(sender);
        assertEquals(3, calls.get());
        assertEquals(2, closed);
        assertFalse(order.isEmpty());
    }

    private void sendUntilThree() {
        while (calls.get() < 3) {
            async.send();
            Thread.yield();
        }
    }

    @Test
    @Covers("libuv:async_null_cb")
    void anAsyncWithoutACallbackWakesTheLoop(Loop loop) throws InterruptedException {
        async = new Async(loop, null);
        Check check = new Check(loop);
        check.start(() -> {
            calls.incrementAndGet();
            async.close();
            check.close();
        });
        Thread sender = Thread.ofPlatform().start(async::send);
        assertFalse(loop.run());
        Waits.join(sender);
        assertEquals(1, calls.get());
    }

    @Test
    @Covers("libuv:async_ref")
    void anUnreferencedAsyncDoesNotKeepTheLoopAlive(Loop loop) {
        async = counting(loop);
        assertTrue(async.isActive());
        assertTrue(loop.isAlive());
        async.unref();
        assertFalse(loop.run());
        assertEquals(0, calls.get());
        close(loop);
    }

    @Test
    void sendsBeforeTheCallbackCauseOneCallback(Loop loop) {
        async = counting(loop);
        for (int i = 0; i < 1000; i++) {
            async.send();
        }
        loop.run(RunMode.NOWAIT);
        loop.run(RunMode.NOWAIT);
        assertEquals(1, calls.get());
        close(loop);
    }

    @Test
    void aSendInTheCallbackCallsBackInTheNextIteration(Loop loop) {
        async = new Async(loop, () -> {
            calls.incrementAndGet();
            async.send();
        });
        async.send();
        for (int iteration = 1; iteration <= 5; iteration++) {
            loop.run(RunMode.NOWAIT);
            assertEquals(iteration, calls.get());
        }
        close(loop);
        assertEquals(5, calls.get());
    }

    @Test
    void callbacksOfSeveralAsyncsRunInTheOrderOfTheSends(Loop loop) {
        List<Async> all = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            all.add(new Async(loop, () -> order.add(name)));
        }
        all.get(2).send();
        all.get(0).send();
        all.get(1).send();
        all.get(2).send();
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("c", "a", "b"), order);
        all.forEach(Async::close);
        loop.run();
    }

    @Test
    void theCallbackRunsOnTheLoopThread(Loop loop) throws InterruptedException {
        Thread[] seen = new Thread[1];
        async = new Async(loop, () -> {
            seen[0] = Thread.currentThread();
            async.close();
        });
        Thread sender = Thread.ofPlatform().start(async::send);
        loop.run();
        Waits.join(sender);
        assertSame(Thread.currentThread(), seen[0]);
    }

    @Test
    void aVirtualThreadMaySend(Loop loop) throws InterruptedException {
        async = new Async(loop, () -> {
            calls.incrementAndGet();
            async.close();
        });
        Thread sender = Thread.ofVirtual().start(async::send);
        loop.run();
        Waits.join(sender);
        assertEquals(1, calls.get());
    }

    @Test
    void closeDropsASendThatWasNotDelivered(Loop loop) {
        async = counting(loop);
        async.send();
        close(loop);
        assertEquals(0, calls.get());
    }

    @Test
    void aSendToAClosingAsyncHasNoEffect(Loop loop) {
        async = counting(loop);
        async.close();
        async.send();
        loop.run();
        async.send();
        assertFalse(loop.isAlive());
        loop.close();
        async.send();
        assertEquals(0, calls.get());
    }

    @Test
    void aSendAfterTheCloseHasNoEffect(Loop loop) {
        async = counting(loop);
        close(loop);
        async.send();
        assertFalse(loop.isAlive());
    }

    @Test
    void aCallbackThatThrowsLosesNoLaterSend(Loop loop) {
        List<Throwable> caught = new ArrayList<>();
        loop.setUncaughtHandler(caught::add);
        async = new Async(loop, () -> {
            throw new IllegalStateException("call " + calls.incrementAndGet());
        });
        async.send();
        loop.run(RunMode.NOWAIT);
        async.send();
        loop.run(RunMode.NOWAIT);
        assertEquals(
                List.of("call 1", "call 2"),
                caught.stream().map(Throwable::getMessage).toList());
        close(loop);
    }

    @Test
    void anotherThreadMayOnlyCallSend(Loop loop) throws InterruptedException {
        async = counting(loop);
        Thread other = Thread.ofPlatform().start(() -> {
            assertThrows(WrongThreadException.class, async::close);
            assertThrows(WrongThreadException.class, async::unref);
            assertThrows(WrongThreadException.class, () -> new Async(loop, () -> {}));
            calls.incrementAndGet();
        });
        Waits.join(other);
        assertEquals(1, calls.get());
        close(loop);
    }

    @Test
    void aSecondCloseWithACallbackIsRefused(Loop loop) {
        async = counting(loop);
        async.close(() -> closed++);
        async.close();
        UsageException refused = assertThrows(UsageException.class, () -> async.close(() -> closed++));
        assertEquals("EINVAL", refused.code());
        loop.run();
        assertEquals(1, closed);
        assertFalse(async.isActive());
    }

    private Async counting(Loop loop) {
        return new Async(loop, calls::incrementAndGet);
    }

    private void close(Loop loop) {
        async.close();
        loop.run();
    }
}
