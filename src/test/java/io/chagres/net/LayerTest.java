package io.chagres.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketOption;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A layer of a user's own answers for its socket, and ends with it. */
@ConnectionTest
class LayerTest {

    /** The simplest layer: each byte is turned by 128. */
    private static final class Turned extends Layer {

        Turned(Duplex below, DuplexOptions options) {
            super(below, options);
        }

        Turned(Duplex below) {
            this(below, DuplexOptions.defaults());
        }

        private static ByteBuffer turned(ByteBuffer chunk) {
            ByteBuffer copy = ByteBuffer.allocate(chunk.remaining());
            while (chunk.hasRemaining()) {
                copy.put((byte) (chunk.get() ^ 0x80));
            }
            return copy.flip();
        }

        @Override
        protected boolean received(ByteBuffer chunk) {
            return push(turned(chunk));
        }

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            below().write(turned(data), done);
        }
    }

    /** A stream that is no socket. */
    private static final class Sink extends Duplex {
        Sink(Loop loop) {
            super(loop, DuplexOptions.defaults());
        }

        @Override
        protected void doRead() {}

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            done.onComplete(null);
        }
    }

    private static final ServerOptions HALF_OPEN = ServerOptions.defaults().allowHalfOpen(true);

    private final Journal journal = new Journal();

    private Turned client(Loop loop, int port) {
        return new Turned(
                Net.connect(loop, SocketOptions.defaults().allowHalfOpen(true), ConnectOptions.to(Local.HOST, port)));
    }

    @Test
    void twoLayersOverEachOtherUndoEachOther(Loop loop) {
        int port = Local.once(loop, HALF_OPEN, socket -> socket.pipe(socket));
        Turned client = new Turned(client(loop, port));
        client.onText(UTF_8, journal::add).onEnd(() -> journal.add("end")).onClose(hadError -> journal.add("close"));
        client.end("hello");
        loop.run();
        journal.expect("hello", "end", "close");
    }

    @Test
    void theSocketAtTheBottomAnswers(Loop loop) {
        int port = Local.once(loop, HALF_OPEN, socket -> {
            Turned layer = new Turned(new Turned(socket));
            assertSame(socket, layer.socket());
            assertSame(layer, socket.layer());
            assertEquals(socket.remoteAddress(), layer.remoteAddress());
            assertEquals(socket.localAddress(), layer.localAddress());
            assertSame(socket.server(), layer.server());
            layer.setNoDelay(true).setKeepAlive(KeepAlive.ON);
            assertTrue(socket.get(SocketOption.TCP_NODELAY));
            layer.setTimeout(60_000);
            assertEquals(60_000, socket.timeoutMillis());
            assertEquals(60_000, layer.timeoutMillis());
            layer.onEnd(layer::end).resume();
        });
        Turned client = client(loop, port);
        client.resume().end();
        loop.run();
    }

    @Test
    void theTimeoutOfTheSocketIsThatOfTheLayer(Loop loop) {
        int port = Local.once(loop, HALF_OPEN, socket -> socket.pipe(socket));
        Turned client = client(loop, port);
        client.setTimeout(20);
        client.onTimeout(() -> {
            journal.add("timeout");
            client.destroy();
        });
        loop.run();
        journal.expect("timeout");
    }

    @Test
    void aLayerOverNoSocketSaysSo(Loop loop) {
        Turned layer = new Turned(new Sink(loop));
        assertNull(layer.socket());
        assertNull(layer.remoteAddress());
        assertNull(layer.localAddress());
        assertNull(layer.server());
        assertEquals(0, layer.timeoutMillis());
        assertEquals("ENOTSOCK", code(() -> layer.setTimeout(1)));
        assertEquals("ENOTSOCK", code(() -> layer.onTimeout(() -> {})));
        assertEquals("ENOTSOCK", code(() -> layer.setNoDelay(true)));
        assertEquals("ENOTSOCK", code(() -> layer.setKeepAlive(KeepAlive.ON)));
        assertEquals("ENOTSOCK", code(layer::ref));
        assertEquals("ENOTSOCK", code(layer::unref));
        layer.destroy();
        loop.run();
    }

    private static String code(Runnable call) {
        return assertThrows(UsageException.class, call::run).code();
    }

    @Test
    void anErrorBelowIsOneOfTheLayer(Loop loop) {
        int port = Local.once(loop, socket -> socket.resetAndDestroy());
        client(loop, port)
                .onError(error -> journal.add(error.code()))
                .onClose(hadError -> journal.add("close " + hadError))
                .resume();
        loop.run();
        journal.expect("ECONNRESET", "close true");
    }

    @Test
    void bytesThatWereNotReadYetOutliveTheStreamBelow(Loop loop) {
        int port = Local.once(loop, socket -> socket.end("hello"));
        Turned client = client(loop, port);
        client.end();
        client.onData(chunk -> journal.add("data " + chunk.remaining())).onEnd(() -> journal.add("end"));
        client.pause();
        client.below().onClose(hadError -> {
            journal.add("closed below");
            client.resume();
        });
        loop.run();
        journal.expect("closed below", "data 5", "end");
    }

    @Test
    void aFullLayerPausesTheStreamBelow(Loop loop) {
        int port = Local.once(loop, socket -> socket.onError(error -> {}).end(ByteBuffer.allocate(3_000_000)));
        Socket below =
                Net.connect(loop, SocketOptions.defaults().allowHalfOpen(true), ConnectOptions.to(Local.HOST, port));
        Turned layer = new Turned(below, DuplexOptions.defaults().highWaterMark(1000));
        below.onPause(() -> journal.add("pause"));
        layer.onReadable(() -> {
            assertTrue(below.isPaused());
            layer.destroy();
        });
        loop.run();
        journal.expect("pause");
    }

    @Test
    void destroySoonEndsFirst(Loop loop) {
        int port = Local.once(
                loop,
                HALF_OPEN,
                socket -> socket.onData(chunk -> journal.add("data " + chunk.remaining()))
                        .onEnd(() -> journal.add("end"))
                        .onClose(hadError -> journal.add("close " + hadError))
                        .end());
        Turned client = client(loop, port);
        client.write("hello");
        client.destroySoon();
        assertFalse(client.isDestroyed());
        loop.run();
        assertTrue(client.isDestroyed());
        journal.expect("data 5", "end", "close false");
    }

    @Test
    void aServerThatClosesEndsTheLayer(Loop loop) {
        Server server = Net.createServer(loop, HALF_OPEN, socket -> {
            Turned layer = new Turned(socket);
            layer.onFinish(() -> journal.add("finish")).resume();
            socket.server().close(Duration.ofSeconds(20));
        });
        server.listen(ListenOptions.at(Local.HOST, 0), () -> {
            Turned client = client(loop, server.address().port());
            client.resume().onEnd(() -> {
                journal.add("end");
                client.end();
            });
        });
        loop.run();
        journal.expect("finish", "end");
    }
}
