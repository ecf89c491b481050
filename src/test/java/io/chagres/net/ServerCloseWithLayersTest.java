package io.chagres.net;

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
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A server that closes deals with the stream over a socket, where one was named: it says farewell itself. */
@ConnectionTest
class ServerCloseWithLayersTest {

    private final Journal journal = new Journal();

    /** What a client that has said "ask" reads up to the end. */
    private String answerOf(Loop loop, Consumer<FarewellLayer> listener) {
        Server server = Net.createServer(loop, socket -> listener.accept(new FarewellLayer(socket)));
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, "ask");
            return Talk.allText(socket);
        })) {
            loop.run();
            return client.result();
        }
    }

    @Test
    void anIdleLayerIsEndedAndNotItsSocket(Loop loop) {
        String answer = answerOf(
                loop,
                layer -> layer.onData(chunk -> {
                    layer.write("answer");
                    layer.server().close(Duration.ofDays(1));
                }));
        assertEquals("answer<end>", answer);
    }

    /** The socket has answered, with half a handshake for example; the layer has not. */
    @Test
    void aLayerDecidesWhetherItsConnectionIsIdle(Loop loop, ManualClock clock) {
        String answer = answerOf(
                loop,
                layer -> layer.onData(chunk -> {
                    layer.socket().write("<handshake>");
                    long since = loop.now();
                    Timer.after(loop, 320, () -> layer.write("answer"));
                    layer.onFinish(() -> journal.add("finish after " + (loop.now() - since)));
                    layer.server().close(Duration.ofSeconds(1));
                }));
        assertEquals("<handshake>answer<end>", answer);
        journal.expect("finish after 350");
    }

    @Test
    void atTheEndOfTheGraceItIsDestroyedAndTheSocketAfterIt(Loop loop, ManualClock clock) {
        String answer = answerOf(
                loop,
                layer -> layer.onData(chunk -> {
                    long since = loop.now();
                    layer.onClose(hadError -> journal.add("closed after " + (loop.now() - since)));
                    layer.server().close(Duration.ofSeconds(1));
                }));
        assertEquals("<gone>", answer);
        journal.expect("closed after 1000");
    }

    @Test
    void aLayerThatDoesNotDestroyItsSocketKeepsNoServerOpen(Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            socket.setLayer(new Lazy(loop));
            server.close(Duration.ZERO);
            assertTrue(socket.isDestroyed());
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
    }

    @Test
    void theIdleAndAllAreDestroyedThroughTheirLayers(Loop loop) {
        String answer = answerOf(
                loop,
                layer -> layer.onData(chunk -> {
                    Server server = layer.server();
                    server.closeIdleConnections();
                    assertFalse(layer.isDestroyed(), "it owes an answer");
                    layer.write("answer");
                    loop.execute(() -> {
                        server.closeIdleConnections();
                        assertTrue(layer.isDestroyed());
                        server.close();
                    });
                }));
        assertEquals("answer<gone>", answer);
        answer = answerOf(
                loop,
                layer -> layer.onData(chunk -> {
                    layer.server().closeAllConnections();
                    assertTrue(layer.isDestroyed());
                    assertTrue(layer.socket().isDestroyed());
                    layer.socket().loop().nextTick(() -> journal.add("all"));
                    layer.server().close();
                }));
        assertEquals("<gone>", answer);
        journal.expect("all");
    }

    @Test
    void aLayerThatIsGoneAnswersNoLonger(Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            Lazy layer = new Lazy(loop);
            assertSame(layer, socket.setLayer(layer).layer());
            layer.destroy();
            socket.onData(chunk -> {});
            server.close(Duration.ofDays(1));
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
            assertEquals("end", client.result());
        }
    }

    @Test
    void aSocketIsNoLayerOfItselfAndALayerEndsWithTheConnection(Loop loop) {
        Socket socket = new Socket(loop);
        assertNull(socket.layer());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> socket.setLayer(socket))
                        .code());
        socket.setLayer(new Lazy(loop));
        assertNull(socket.setLayer(null).layer());
        socket.setLayer(new Lazy(loop)).destroy();
        int port = Local.once(loop, peer -> peer.resume().end());
        socket.resume().onClose(hadError -> {
            if (journal.count("again") == 0) {
                socket.connect(port, Local.HOST);
                assertNull(socket.layer());
                journal.add("again");
            }
        });
        loop.run();
        journal.expect("again");
    }

    /** Does nothing with its socket. */
    private static final class Lazy extends Duplex {
        Lazy(Loop loop) {
            super(loop, DuplexOptions.defaults());
        }
    }
}
