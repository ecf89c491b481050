package io.chagres.blocking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Socket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Futures that their callers complete first: by a cancel, a timeout or an interrupt. The loop fixture fails each of these tests if a handle,
 * a pending request or a descriptor is left.
 */
@ConnectionTest
class GivenUpFutureTest {

    private static final Duration A_MOMENT = Duration.ofMillis(1);

    private static ConnectOptions to(FullBacklog silent) {
        return ConnectOptions.to(silent.host(), silent.port());
    }

    /** Gives a connect that hangs up, in the way of {@code giveUp} on another thread, and runs the loop to its end. */
    private static CompletableFuture<Socket> giveUpAConnect(Loop loop, Consumer<CompletableFuture<Socket>> giveUp)
            throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            CompletableFuture<Socket> future = Futures.connect(loop, to(silent));
            assertTrue(loop.isAlive());
            FutureTask<Void> caller = new FutureTask<>(() -> giveUp.accept(future), null);
            Thread.startVirtualThread(caller);
            loop.run();
            Waits.get(caller);
            return future;
        }
    }

    @Test
    void aConnectThatIsCancelledLeavesNothing(Loop loop) throws IOException {
        CompletableFuture<Socket> future = giveUpAConnect(loop, connect -> connect.cancel(true));
        assertThrows(CancellationException.class, future::join);
    }

    @Test
    void aConnectWhoseFutureTimesOutLeavesNothing(Loop loop) throws IOException {
        giveUpAConnect(loop, connect -> connect.orTimeout(1, TimeUnit.MILLISECONDS));
    }

    @Test
    void aConnectThatIsAwaitedForTooLongLeavesNothing(Loop loop) throws IOException {
        CompletableFuture<Socket> future = giveUpAConnect(
                loop, connect -> assertThrows(SocketTimeoutException.class, () -> Futures.await(connect, A_MOMENT)));
        assertTrue(future.isCancelled());
    }

    @Test
    void aConnectWhoseWaiterIsInterruptedLeavesNothing(Loop loop) throws IOException {
        CompletableFuture<Socket> future = giveUpAConnect(loop, connect -> {
            Thread.currentThread().interrupt();
            InterruptedIOException thrown = assertThrows(InterruptedIOException.class, () -> Futures.await(connect));
            assertFalse(thrown instanceof SocketTimeoutException);
            assertTrue(Thread.interrupted(), "the flag");
        });
        assertTrue(future.isCancelled());
    }

    @Test
    void aConnectThatIsCancelledOnTheLoopThreadHasEndedAtTheReturn(Loop loop) throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            Futures.connect(loop, to(silent)).cancel(true);
            loop.run();
        }
    }

    @Test
    void aConnectThatIsCancelledBeforeItHasBegunOpensNothing(Loop loop) {
        FutureTask<Boolean> caller = new FutureTask<>(
                () -> Futures.connect(loop, ConnectOptions.to(Local.HOST, 9)).cancel(true));
        Thread.startVirtualThread(caller);
        assertTrue(Waits.get(caller));
        loop.run();
    }

    /** The loop thread is between the connect event and the completion when the future is cancelled. */
    @Test
    void aConnectThatIsCancelledAtItsCompletionIsDestroyed(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            FutureTask<Boolean>[] caller = new FutureTask[1];
            CompletableFuture<Socket> future =
                    Futures.connect(loop, ConnectOptions.to(Local.HOST, server.port()), socket -> {
                        Thread.startVirtualThread(caller[0]);
                        Waits.get(caller[0]);
                        return socket;
                    });
            caller[0] = new FutureTask<>(() -> future.cancel(true));
            loop.run();
            assertTrue(Waits.get(caller[0]));
        }
    }

    @Test
    void aFutureThatCompletesAtTheInterruptHasItsResult() throws IOException {
        CompletableFuture<Integer> done = CompletableFuture.completedFuture(1);
        Thread.currentThread().interrupt();
        assertEquals(1, Futures.await(done));
        assertTrue(Thread.interrupted(), "the flag");
    }

    @Test
    void aWriteThatIsGivenUpDestroysTheStream(Loop loop) {
        Gate cancelled = new Gate(); // the peer reads nothing before it
        try (Peer<String> server = Peer.server(socket -> {
            cancelled.await();
            return Talk.ending(socket);
        })) {
            Socket socket = Local.connect(loop, server.port());
            CompletableFuture<Void> write = Futures.write(socket, ByteBuffer.allocate(64 << 20));
            FutureTask<Boolean> caller = new FutureTask<>(() -> {
                boolean first = write.cancel(true);
                cancelled.open();
                return first;
            });
            socket.onConnect(() -> Thread.startVirtualThread(caller));
            loop.run();
            assertTrue(Waits.get(caller));
            assertTrue(socket.isDestroyed());
        }
    }

    @Test
    void aWriteThatIsGivenUpBeforeItHasBegunWritesNothing(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket socket = Local.connect(loop, server.port());
            FutureTask<Void> caller = new FutureTask<>(() -> {
                Futures.write(socket, "not this").cancel(true);
                Futures.write(socket, "but this");
                Futures.end(socket);
                return null;
            });
            Thread.startVirtualThread(caller);
            Waits.get(caller);
            socket.resume();
            loop.run();
            assertEquals("but this", server.result());
        }
    }

    @Test
    void anEndThatIsGivenUpDestroysTheStream(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket socket = Local.connect(loop, server.port());
            socket.write(ByteBuffer.allocate(64 << 20));
            CompletableFuture<Void> end = Futures.end(socket);
            socket.onConnect(() -> end.cancel(true));
            loop.run();
            assertTrue(socket.isDestroyed());
        }
    }

    @Test
    void aCloseThatIsGivenUpClosesAllTheSame(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket socket = Local.connect(loop, server.port());
            socket.onConnect(() -> Futures.close(socket).cancel(true));
            loop.run();
            assertTrue(socket.isClosed());
        }
    }

    @Test
    void theUndoOfARequestIsCalledOnTheLoopThreadOnce(Loop loop) {
        Thread[] undone = new Thread[1];
        CompletableFuture<Void> future = Futures.of(loop, done -> {}, () -> {
            assertEquals(null, undone[0]);
            undone[0] = Thread.currentThread();
        });
        FutureTask<Boolean> caller = new FutureTask<>(() -> future.cancel(true) && future.cancel(true));
        Thread.startVirtualThread(caller);
        loop.run();
        assertTrue(Waits.get(caller));
        assertEquals(Thread.currentThread(), undone[0]);
    }

    @Test
    void whatAnUndoThrowsGoesToTheUncaughtHandler(Loop loop) {
        Throwable[] uncaught = new Throwable[1];
        loop.setUncaughtHandler(thrown -> uncaught[0] = thrown);
        Futures.of(loop, done -> {}, () -> {
                    throw new IllegalStateException("undo");
                })
                .cancel(true);
        assertInstanceOf(IllegalStateException.class, uncaught[0]);
    }

    @Test
    void aTimeoutOfTheFutureItselfIsASocketTimeout(Loop loop) throws IOException {
        giveUpAConnect(
                loop,
                connect -> assertThrows(
                        SocketTimeoutException.class,
                        () -> Futures.await(connect.orTimeout(1, TimeUnit.MILLISECONDS))));
    }
}
