package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

@ConnectionTest
class SocketDestroyTest {

    private final Journal journal = new Journal();

    @Test
    @Covers({"S57", "S58", "node:test-net-socket-destroy-twice"})
    void theFirstDestroyCounts(Loop loop) {
        accepted(loop, socket -> {
            ChagresException first = new ChagresException("E1", "first");
            assertSame(socket, socket.destroy(first));
            assertSame(socket, socket.destroy(new ChagresException("E2", "second")));
            assertSame(socket, socket.destroy());
            assertTrue(socket.isDestroyed());
            assertFalse(socket.isReadable());
            assertFalse(socket.isWritable());
            assertFalse(socket.isClosed());
            assertSame(first, socket.errored());
            socket.onError(error -> socket.destroy());
            socket.onClose(hadError -> assertTrue(socket.isClosed()));
        });
        journal.expect("error first", "close true");
    }

    @Test
    @Covers({"node:test-net-socket-destroy-send", "node:test-stream-write-destroy"})
    void aWriteAfterwardsIsCalledBackWithAnErrorAndRaisesNone(Loop loop) {
        accepted(loop, socket -> {
            socket.destroy();
            assertFalse(
                    socket.write(Talk.buffer("late"), error -> journal.add(error.code() + ": " + error.getMessage())));
        });
        journal.expect("ERR_STREAM_DESTROYED: Cannot call write after a stream was destroyed", "close false");
    }

    /** The write that the kernel is still taking is over without an error, those behind it with one, all in order. */
    @Test
    @Covers("node:test-stream-writable-destroy")
    void writesUnderWayAreCalledBackInOrderBeforeTheClose(Loop loop) {
        accepted(loop, socket -> {
            socket.write(ByteBuffer.allocate(32 << 20), error -> journal.add("with the kernel " + error));
            socket.write(Talk.buffer("x"), error -> journal.add("waiting " + error.code()));
            socket.write(Talk.buffer("y"), error -> journal.add("behind " + error.code()));
            socket.end(error -> journal.add("end " + error.getMessage()));
            socket.destroy(new ChagresException("EX", "enough"));
        });
        journal.expect("error enough", "with the kernel null", "waiting EX", "behind EX", "end enough", "close true");
    }

    @Test
    @Covers("node:test-stream-writable-destroy")
    void withoutAnErrorTheWritesThatWaitLearnThatItIsDestroyed(Loop loop) {
        accepted(loop, socket -> {
            socket.write(ByteBuffer.allocate(32 << 20), error -> journal.add("with the kernel " + error));
            socket.write(Talk.buffer("x"), error -> journal.add("waiting " + error.getMessage()));
            socket.end(error -> journal.add("end " + error.getMessage()));
            socket.destroy();
        });
        journal.expect(
                "with the kernel null",
                "waiting Cannot call write after a stream was destroyed",
                "end Cannot call end after a stream was destroyed",
                "close false");
    }

    @Test
    void writesThatWereCancelledAreNotCountedAsWritten(Loop loop) {
        accepted(loop, socket -> {
            socket.write(ByteBuffer.allocate(32 << 20));
            socket.write("behind");
            assertEquals((32 << 20) + 6, socket.bytesWritten());
            socket.onClose(hadError -> {
                assertEquals(0, socket.writableLength());
                assertEquals(32 << 20, socket.bytesWritten());
            });
            socket.destroy();
        });
        journal.expect("close false");
    }

    @Test
    void corkedWritesFailWhenTheSocketIsDestroyed(Loop loop) {
        accepted(loop, socket -> {
            socket.cork();
            socket.write(Talk.buffer("x"), error -> journal.add("corked " + error.code()));
            socket.destroy();
            socket.uncork();
        });
        journal.expect("corked ERR_STREAM_DESTROYED", "close false");
    }

    @Test
    @Covers("S56")
    void destroyInADataListenerEndsTheData(Loop loop) {
        Gate sent = new Gate();
        int port = Local.once(loop, ServerOptions.defaults().pauseOnConnect(true), socket -> {
            SocketEvents.into(journal, "", socket);
            socket.onData(chunk -> socket.destroy());
            awaitThen(sent, socket::resume);
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, "hello");
            sent.open();
            return Talk.ending(socket);
        })) {
            loop.run();
        }
        journal.expect("data hello", "close false");
    }

    @Test
    @Covers({"node:test-net-after-close", "S58"})
    void afterTheCloseEverythingCanStillBeAsked(Loop loop) {
        accepted(loop, socket -> {
            socket.remoteAddress();
            socket.destroy();
            socket.onClose(hadError -> {
                assertNull(socket.localAddress());
                assertEquals(Local.HOST, socket.remoteAddress().address());
                assertEquals(0, socket.writableLength() + socket.readableLength());
                assertSame(
                        socket,
                        socket.setNoDelay(true)
                                .setKeepAlive(true, 1000)
                                .setTimeout(10)
                                .ref()
                                .unref());
                assertSame(socket, socket.pause());
                assertSame(socket, socket.resume());
                assertSame(socket, socket.destroy());
                assertFalse(socket.isConnecting());
                journal.add("asked");
            });
        });
        journal.expect("close false", "asked");
    }

    @Test
    @Covers("node:test-net-error-twice")
    void aPeerThatIsGoneIsOneErrorHoweverMuchIsWritten(Loop loop) {
        Gate reset = new Gate();
        int port = Local.once(loop, ServerOptions.defaults().pauseOnConnect(true), socket -> {
            socket.onError(error -> journal.add("error"));
            socket.onClose(hadError -> journal.add("close " + hadError));
            awaitThen(reset, () -> {
                for (int i = 0; i < 3; i++) {
                    socket.write(ByteBuffer.allocate(10 << 20), error -> journal.add("write " + (error != null)));
                }
            });
        });
        try (Peer<Void> client = Peer.client(port, socket -> {
            Talk.reset(socket);
            reset.open();
            return null;
        })) {
            loop.run();
        }
        journal.expect("write true", "write true", "write true", "error", "close true");
    }

    @Test
    @Covers("S45")
    void theErrorOfAFailedWriteIsThatOfTheEvent(Loop loop) {
        Gate reset = new Gate();
        ChagresException[] seen = new ChagresException[3];
        int port = Local.once(loop, ServerOptions.defaults().pauseOnConnect(true), socket -> {
            socket.onError(error -> seen[2] = error);
            awaitThen(reset, () -> {
                socket.write(Talk.buffer("x"), error -> seen[0] = error);
                assertFalse(socket.write(Talk.buffer("y"), error -> seen[1] = error));
                assertFalse(socket.isWritable());
            });
        });
        try (Peer<Void> client = Peer.client(port, socket -> {
            Talk.reset(socket);
            reset.open();
            return null;
        })) {
            loop.run();
        }
        assertTrue(seen[0].getMessage().matches("write (ECONNRESET|EPIPE)"), seen[0].getMessage());
        assertSame(seen[0], seen[1]);
        assertSame(seen[0], seen[2]);
    }

    @Test
    @Covers({"node:test-net-connect-destroy", "S89", "S61"})
    void theConnectionsOfAServerAreCountedUntilTheyAreDestroyed(Loop loop) {
        accepted(loop, socket -> {
            assertEquals(1, socket.server().connectionCount());
            socket.destroy();
            assertEquals(0, socket.server().connectionCount());
        });
        journal.expect("close false");
    }

    /** The peer reads only when the listener has returned: until then the kernel takes no more than it has room for. */
    private void accepted(Loop loop, Consumer<Socket> listener) {
        Gate done = new Gate();
        int port = Local.once(loop, socket -> {
            SocketEvents.withoutData(journal, "", socket);
            listener.accept(socket);
            done.open();
        });
        try (Peer<String> client = Peer.client(port, socket -> {
            done.await();
            return Talk.ending(socket);
        })) {
            loop.run();
        }
    }

    /** The peer has done it, on another thread; the loop may stand still meanwhile. */
    private static void awaitThen(Gate gate, Runnable then) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        then.run();
    }
}
