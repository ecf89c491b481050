package io.chagres.blocking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Socket;
import io.chagres.stream.Streams;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Futures of requests: how they complete. */
@ConnectionTest
class FuturesTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static <T> FutureTask<T> onVirtualThread(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.startVirtualThread(task);
        return task;
    }

    private static String codeOf(Throwable thrown) {
        return assertInstanceOf(ChagresException.class, thrown).code();
    }

    /** The failure of a future that is complete. */
    private static Throwable failure(CompletableFuture<?> future) {
        assertTrue(future.isDone(), "not complete");
        return future.exceptionNow();
    }

    private static ConnectOptions to(int port) {
        return ConnectOptions.to(Local.HOST, port);
    }

    @Test
    void anotherThreadConnectsWritesEndsAndCloses() throws Exception {
        try (LoopThread io = Loop.startDaemon("io", loop -> {});
                Peer<String> server = Peer.server(Talk::allText)) {
            FutureTask<Boolean> client = onVirtualThread(() -> {
                Socket socket = Futures.await(Futures.connect(io.loop(), to(server.port())), LIMIT);
                Futures.await(Futures.write(socket, "hello "), LIMIT);
                ByteBuffer moved = Talk.buffer("xworld").position(1);
                CompletableFuture<Void> written = Futures.write(socket, moved);
                moved.position(6);
                Futures.await(written, LIMIT);
                Futures.await(Futures.end(socket));
                Futures.await(Futures.close(socket), LIMIT);
                Futures.await(Futures.close(socket), LIMIT);
                return Futures.await(Futures.call(io.loop(), socket::isClosed), LIMIT);
            });
            assertTrue(Waits.get(client));
            assertEquals("hello world", server.result());
        }
    }

    @Test
    void aPendingFutureKeepsTheLoopAlive(Loop loop) {
        FutureTask<String> caller = new FutureTask<>(() -> Futures.await(Futures.call(loop, () -> "done"), LIMIT));
        Futures.of(loop, done -> {
            Thread.startVirtualThread(caller);
            onVirtualThread(() -> {
                Waits.get(caller);
                loop.execute(() -> done.onComplete(null));
                return null;
            });
        });
        assertTrue(loop.isAlive());
        loop.run();
        assertEquals("done", Waits.get(caller));
    }

    @Test
    void onTheLoopThreadARequestBeginsInsideTheCall(Loop loop) {
        StringBuilder order = new StringBuilder();
        CompletableFuture<String> task = Futures.call(loop, () -> {
            order.append("task ");
            return "result";
        });
        order.append("after");
        assertEquals("task after", order.toString());
        assertEquals("result", task.resultNow());
    }

    @Test
    void whatATaskThrowsCompletesItsFutureAndTheLoopGoesOn() {
        IllegalStateException broken = new IllegalStateException("broken");
        try (LoopThread io = Loop.startDaemon("io", loop -> {})) {
            CompletableFuture<Integer> future = Futures.call(io.loop(), () -> {
                throw broken;
            });
            Throwable thrown = assertThrows(CompletionException.class, () -> Futures.await(future, LIMIT));
            assertSame(broken, thrown.getCause());
            assertEquals(1, Waits.get(Futures.call(io.loop(), () -> 1)));
        }
    }

    @Test
    void whatARequestThrowsCompletesItsFuture(Loop loop) {
        IllegalStateException broken = new IllegalStateException("broken");
        CompletableFuture<Void> future = Futures.of(loop, done -> {
            throw broken;
        });
        assertSame(broken, failure(future));
    }

    @Test
    void whatIsThrownAfterTheCompletionGoesToTheUncaughtHandler(Loop loop) {
        IllegalStateException broken = new IllegalStateException("broken");
        AtomicReference<Throwable> uncaught = new AtomicReference<>();
        loop.setUncaughtHandler(uncaught::set);
        CompletableFuture<Void> future = Futures.of(loop, done -> {
            done.onComplete(null);
            throw broken;
        });
        assertNull(future.resultNow());
        assertSame(broken, uncaught.get());
    }

    @Test
    void aCompletionCountsOnceAndItsErrorIsThatOfTheFuture(Loop loop) {
        ChagresException error = new ChagresException("EX", "kaboom");
        CompletableFuture<Void> future = Futures.of(loop, done -> {
            done.onComplete(error);
            done.onComplete(null);
        });
        assertSame(error, failure(future));
    }

    @Test
    void aRefusedConnectFailsWithTheErrorOfTheSocket(Loop loop) {
        CompletableFuture<Socket> future = Futures.connect(loop, to(Peer.deadPort()));
        loop.run();
        assertEquals("ECONNREFUSED", codeOf(failure(future)));
    }

    @Test
    void theConnectTimeoutOfTheOptionsFailsTheFuture(Loop loop) {
        ConnectOptions options =
                ConnectOptions.to("x", 80).connectTimeoutMillis(1).lookup((host, wanted, answer) -> {});
        CompletableFuture<Socket> future = Futures.connect(loop, options);
        Timer keeper = Timer.after(loop, 60_000, () -> {});
        future.whenComplete((socket, error) -> keeper.close());
        loop.run();
        assertEquals("ERR_SOCKET_CONNECTION_TIMEOUT", codeOf(failure(future)));
    }

    @Test
    void aConnectWhoseLookupThrowsFailsTheFuture(Loop loop) {
        IllegalStateException broken = new IllegalStateException("no lookup");
        ConnectOptions options = ConnectOptions.to("x", 80).lookup((host, wanted, answer) -> {
            throw broken;
        });
        CompletableFuture<Socket> future = Futures.connect(loop, options);
        loop.run();
        assertSame(broken, failure(future));
    }

    @Test
    void theFirstUseOfASocketIsOnTheLoopThreadAndWhatItThrowsDestroysTheSocket(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            IllegalStateException broken = new IllegalStateException("broken");
            AtomicReference<Socket> used = new AtomicReference<>();
            CompletableFuture<Void> future = Futures.connect(loop, to(server.port()), socket -> {
                socket.resume();
                used.set(socket);
                throw broken;
            });
            loop.run();
            assertSame(broken, failure(future));
            assertTrue(used.get().isDestroyed());
        }
    }

    @Test
    void aWriteAfterTheEndFailsTheFutureAndNothingGoesToTheUncaughtHandler(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket socket = Local.connect(loop, server.port());
            AtomicReference<CompletableFuture<Void>> late = new AtomicReference<>();
            socket.onConnect(() -> {
                Futures.end(socket);
                late.set(Futures.write(socket, "late"));
            });
            loop.run();
            assertEquals("ERR_STREAM_WRITE_AFTER_END", codeOf(failure(late.get())));
        }
    }

    @Test
    void anErrorOfASocketWhileAWriteIsPendingGoesToItsFutureOnly(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket socket = Local.connect(loop, server.port());
            CompletableFuture<Void> write = Futures.write(socket, ByteBuffer.allocate(64 << 20));
            socket.onConnect(() -> socket.destroy(new ChagresException("EX", "kaboom")));
            loop.run();
            assertTrue(write.isCompletedExceptionally());
        }
    }

    @Test
    void afterAWriteTheStreamHasNoListenerMore(Loop loop) {
        AtomicReference<Throwable> uncaught = new AtomicReference<>();
        loop.setUncaughtHandler(uncaught::set);
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket socket = Local.connect(loop, server.port());
            Futures.write(socket, "x").thenRunAsync(() -> socket.destroy(new ChagresException("EX", "kaboom")), loop);
            loop.run();
        }
        assertEquals("EX", codeOf(uncaught.get()), "the error of a socket without a listener");
    }

    @Test
    void aClosedLoopFailsEachFuture() {
        Loop closed = new Loop();
        closed.close();
        assertEquals("ERR_LOOP_CLOSED", codeOf(failure(Futures.call(closed, () -> 1))), "on its thread");
        FutureTask<String> elsewhere = onVirtualThread(() -> {
            CompletableFuture<Socket> future = Futures.connect(closed, to(9));
            IOException thrown = assertThrows(IOException.class, () -> Futures.await(future, LIMIT));
            return codeOf(thrown.getCause());
        });
        assertEquals("ERR_LOOP_CLOSED", Waits.get(elsewhere));
    }

    @Test
    void aLoopThatIsClosedFailsWhatIsPendingAndWhatHasNotBegun() {
        Loop other = new Loop();
        CompletableFuture<Void> pending = Futures.of(other, done -> {});
        CompletableFuture<Socket> connect = Futures.connect(other, to(9));
        CompletableFuture<Integer> notBegun = Waits.get(onVirtualThread(() -> Futures.call(other, () -> 1)));
        other.close();
        for (CompletableFuture<?> each : List.of(pending, connect, notBegun)) {
            assertEquals("ERR_LOOP_CLOSED", codeOf(failure(each)));
        }
    }

    @Test
    void aWrongCallThrowsAtTheCall(Loop loop) {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> Futures.connect(loop, null))
                        .code());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> Futures.write(null, "x"))
                        .code());
        assertEquals(
                "ERR_OUT_OF_RANGE",
                assertThrows(
                                UsageException.class,
                                () -> Futures.await(CompletableFuture.completedFuture(1), Duration.ZERO))
                        .code());
    }

    @Test
    void aPendingFutureIsNamedByTheStrictClose(Loop loop) {
        CompletableFuture<Void> future = Futures.of(loop, done -> {});
        UsageException refused = assertThrows(UsageException.class, loop::closeStrictly);
        assertTrue(refused.getMessage().contains("Future (request, pending)"), refused.getMessage());
        future.cancel(true);
        assertFalse(loop.isAlive());
    }

    @Test
    void aFutureOfTheStreamsFunctionsIsOneLine(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "x"))) {
            Socket socket = Local.connect(loop, server.port());
            CompletableFuture<Void> finished = Futures.of(loop, done -> Streams.finished(socket, done));
            socket.resume();
            loop.run();
            assertNull(finished.resultNow());
        }
    }
}
