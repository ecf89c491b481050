package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which connections of a server are open, which of them idle, and how it gets rid of them. */
@ConnectionTest
class ServerIdleTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    @Test
    @Covers("node:test-net-get-connections")
    void aServerHasNoConnectionsBeforeTheListen(Loop loop) {
        Server server = Net.createServer(loop);
        assertEquals(0, server.connectionCount());
        assertEquals(List.of(), server.connections());
    }

    @ParameterizedTest
    @EnumSource
    void theListIsInOrderOfArrivalAndMayBeWalkedWhileTheyGo(Place place, Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            List<Socket> all = server.connections();
            assertEquals(server.connectionCount(), all.size());
            assertEquals(socket, all.getLast());
            if (all.size() == 5) {
                server.close();
                for (int victim : new int[] {2, 0, 4, 3, 1}) {
                    all.get(victim).destroy();
                    assertFalse(server.connections().contains(all.get(victim)));
                    journal.add(String.valueOf(server.connectionCount()));
                }
            }
        });
        server.listen(place.in(folder), null);
        try (UnixPeer<String> client = Place.client(server, first -> {
            try (SocketChannel second = Place.another(first);
                    SocketChannel third = Place.another(first);
                    SocketChannel fourth = Place.another(first);
                    SocketChannel fifth = Place.another(first)) {
                return UnixPeer.allText(fifth);
            }
        })) {
            loop.run();
        }
        journal.expect("4", "3", "2", "1", "0");
    }

    /** One is silent, one has its answer, and one waits for it. */
    @ParameterizedTest
    @EnumSource
    void aConnectionThatWaitsForAnAnswerIsNotIdle(Place place, Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> socket.onData(request -> {
            if (Talk.text(request).equals("ask")) {
                socket.write("answer");
                return;
            }
            server.close();
            server.closeIdleConnections();
            assertEquals(List.of(socket), server.connections());
            socket.end("done");
        }));
        server.listen(place.in(folder), null);
        try (UnixPeer<String> client = Place.client(server, silent -> {
            try (SocketChannel asks = Place.another(silent);
                    SocketChannel waits = Place.another(silent)) {
                UnixPeer.send(asks, "ask");
                String answers = UnixPeer.text(asks, 6);
                UnixPeer.send(waits, "work");
                return answers + "," + UnixPeer.allText(silent) + "," + UnixPeer.allText(asks) + ","
                        + UnixPeer.allText(waits);
            }
        })) {
            loop.run();
            assertEquals("answer,,,done", client.result());
        }
    }

    @Test
    void aPausedConnectionIsNotIdle(Loop loop) {
        Server server = Net.createServer(loop, ServerOptions.defaults().pauseOnConnect(true));
        idleAtConnection(server, false, socket -> {});
        idleAtConnection(server, true, socket -> {
            socket.onData(chunk -> {});
            socket.resume();
        });
    }

    @Test
    void aConnectionWithUnreadOutputIsNotIdle(Loop loop) {
        idleAtConnection(Net.createServer(loop), false, socket -> socket.write(ByteBuffer.allocate(32 << 20)));
        idleAtConnection(Net.createServer(loop), true, socket -> socket.write("little"));
    }

    private static void idleAtConnection(Server server, boolean idle, Consumer<Socket> meanwhile) {
        boolean[] asked = {false};
        Gate over = new Gate();
        server.onConnection(socket -> {
            if (asked[0]) {
                return;
            }
            asked[0] = true;
            meanwhile.accept(socket);
            server.closeIdleConnections();
            assertEquals(idle, socket.isDestroyed());
            server.close();
            server.closeAllConnections();
            assertTrue(socket.isDestroyed());
            over.open();
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, socket -> {
            over.await();
            return Talk.ending(socket);
        })) {
            server.loop().run();
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeAllConnectionsDestroysThemAndTheServerKeepsListening(Place place, Loop loop) {
        Server server = Net.createServer(loop, socket -> SocketEvents.into(journal, "", socket));
        server.onConnection(socket -> socket.onData(request -> {
            server.closeAllConnections();
            assertEquals(0, server.connectionCount());
            assertTrue(server.isListening());
            if (Talk.text(request).equals("last")) {
                server.close();
            }
        }));
        server.listen(place.in(folder), null);
        try (UnixPeer<String> client = Place.client(server, first -> {
            try (SocketChannel second = Place.another(first)) {
                UnixPeer.send(second, "x");
                UnixPeer.all(first);
                UnixPeer.all(second);
            }
            try (SocketChannel third = Place.another(first)) {
                UnixPeer.send(third, "last");
                return UnixPeer.allText(third);
            }
        })) {
            loop.run();
        }
        assertEquals(3, journal.count("close false"));
    }

    // ---- grace

    @Test
    void aGracefulCloseEndsIdleConnectionsAtOnceAndBusyOnesAfterTheirAnswer(Loop loop, ManualClock clock) {
        graceAt(loop, (socket, since) -> Timer.after(loop, 320, () -> socket.write("answer")));
        journal.expect("idle finish after 0", "working finish after 350");
    }

    @Test
    void connectionsThatAreBusyAtTheEndOfTheGraceAreDestroyed(Loop loop, ManualClock clock) {
        graceAt(
                loop,
                (socket, since) -> socket.onClose(hadError -> journal.add("close after " + (loop.now() - since))));
        journal.expect("idle finish after 0", "close after 1000");
    }

    private interface Work {
        void begin(Socket socket, long since);
    }

    /** Two connections, of which one has asked for something; the server closes with a second of grace. */
    private void graceAt(Loop loop, Work work) {
        Server server = Net.createServer(loop);
        Gate over = new Gate();
        server.onClose(over::open);
        server.onConnection(socket -> socket.onData(request -> {
            long since = loop.now();
            Socket idle = server.connections().getFirst();
            idle.onFinish(() -> journal.add("idle finish after " + (loop.now() - since)));
            socket.onFinish(() -> journal.add("working finish after " + (loop.now() - since)));
            work.begin(socket, since);
            server.close(Duration.ofSeconds(1));
            assertFalse(server.isListening());
        }));
        server.listen(0, Local.HOST);
        try (UnixPeer<Void> client = Place.client(server, idle -> {
            try (SocketChannel working = Place.another(idle)) {
                UnixPeer.send(working, "work");
                over.await();
                return null;
            }
        })) {
            loop.run();
        }
    }

    @Test
    void theLastConnectionThatLeavesEndsTheGrace(Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            socket.onData(chunk -> {});
            server.close(Duration.ofDays(1));
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
            assertEquals("end", client.result());
        }
    }

    /** However long the time is, it looks every second. */
    @Test
    void aLongGraceOverlooksNoConnection(Loop loop, ManualClock clock) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> socket.onData(request -> {
            long since = loop.now();
            Timer.after(loop, 2500, () -> socket.write("answer"));
            socket.onFinish(() -> journal.add("finish after " + (loop.now() - since)));
            server.close(Duration.ofSeconds(Long.MAX_VALUE));
        }));
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, socket -> {
            Talk.send(socket, "work");
            return Talk.allText(socket);
        })) {
            loop.run();
            assertEquals("answer", client.result());
        }
        journal.expect("finish after 3000");
    }

    @Test
    void aGracefulCloseWithoutConnectionsEndsAtOnce(Loop loop) {
        Server server = Net.createServer(loop).onClose(journal.note("close"));
        server.listen(0, Local.HOST);
        server.close(Duration.ofDays(1));
        loop.run();
        journal.expect("close");
    }

    @Test
    void aGraceOf0DestroysAtOnceAndAShorterOneReplacesALonger(Loop loop) {
        Server server = Net.createServer(loop).onClose(journal.note("close"));
        server.onConnection(socket -> {
            socket.pause();
            server.close(Duration.ofDays(1));
            assertFalse(socket.isDestroyed());
            server.close(Duration.ZERO);
            assertTrue(socket.isDestroyed());
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("close");
    }

    @Test
    void connectionsThatAreUnreferencedKeepNothingAlive(Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            socket.pause();
            socket.unref();
            server.close(Duration.ofDays(1));
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
            assertEquals(1, server.connectionCount());
            server.closeAllConnections();
            loop.run();
        }
    }

    @Test
    void anInvalidGraceIsRefused(Loop loop) {
        Server server = Net.createServer(loop);
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> server.close((Duration) null))
                        .code());
        UsageException refused = assertThrows(UsageException.class, () -> server.close(Duration.ofMillis(-1)));
        assertEquals("ERR_OUT_OF_RANGE", refused.code());
    }
}
