package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@ConnectionTest
class ServerCloseTest {

    private final Journal journal = new Journal();
    private final List<Socket> sockets = new ArrayList<>();

    @Test
    @Covers({"S110", "node:test-net-listen-close-server"})
    void aServerThatIsClosedBeforeItsListeningEventEmitsOnlyTheClose(Loop loop) {
        Server server = server(loop);
        assertSame(
                server, server.listen(0, Local.HOST, journal.note("listening")).close());
        assertFalse(server.isListening());
        assertNull(server.address());
        journal.expect();
        loop.run();
        journal.expect("close");
    }

    @Test
    @Covers("node:test-net-server-close-before-calling-lookup-callback")
    void aServerThatIsClosedDuringItsLookupNeverListens(Loop loop) {
        Server server = server(loop);
        server.listen(0, "localhost", journal.note("listening"));
        server.close(late -> journal.add("callback " + late));
        loop.run();
        journal.expect("close", "callback null");
    }

    @Test
    @Covers("S110")
    void theCloseOfAServerThatDoesNotListenCallsBackAndEmitsTheClose(Loop loop) {
        Server server = server(loop);
        server.close(error -> journal.add(error.code() + " " + error.getMessage()));
        loop.run();
        journal.expect("close", "ERR_SERVER_NOT_RUNNING Server is not running.");
    }

    @Test
    @Covers({"S110", "S111", "S112", "S113", "node:test-net-server-close"})
    void theCloseWaitsForTheLastConnection(Loop loop) {
        Server server = server(loop);
        Gate closed = new Gate();
        server.onConnection(socket -> {
            if (sockets.size() == 2) {
                server.close(late -> journal.add("callback " + late));
                closed.open();
                assertEquals(2, server.connectionCount());
                journal.add("two");
            }
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> one = Peer.client(port, socket -> sayAfter(closed, socket));
                Peer<String> two = Peer.client(port, socket -> sayAfter(closed, socket))) {
            loop.run();
            assertEquals("echo", one.result());
            assertEquals("echo", two.result());
        }
        assertEquals(0, server.connectionCount());
        journal.expect("two", "close", "callback null");
    }

    private static String sayAfter(Gate gate, java.net.Socket socket) throws Exception {
        gate.await();
        return Talk.ask(socket, "echo");
    }

    @Test
    @Covers("S111")
    void afterTheCloseAServerAcceptsNoConnection(Loop loop) {
        Server server = server(loop);
        int port = server.listen(0, Local.HOST).address().port();
        server.onConnection(socket -> {
            server.close();
            Socket late = Local.connect(loop, port);
            SocketEvents.into(journal, "late ", late);
            late.onClose(hadError -> sockets.forEach(Socket::destroy));
        });
        try (Peer<String> early = Peer.client(port, Talk::ending)) {
            loop.run();
            assertEquals("end", early.result());
        }
        journal.expect("late error connect ECONNREFUSED 127.0.0.1:" + port, "late close true", "close");
    }

    @Test
    @Covers("S109")
    void theCloseOfAServerResetsConnectionsInTheBacklog(Loop loop) {
        Server server = server(loop);
        int port = server.listen(0, Local.HOST).address().port();
        Gate connected = new Gate();
        try (Peer<String> waiting = Peer.client(port, socket -> {
            connected.open();
            return Talk.ending(socket);
        })) {
            connected.await();
            server.close();
            loop.run();
            assertEquals("reset", waiting.result());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        journal.expect("close");
    }

    @Test
    @Covers({"S112", "S113"})
    void theCloseIsEmittedATickAfterTheLastSocketIsDestroyed(Loop loop) {
        Server server = server(loop);
        server.onConnection(socket -> {
            server.close();
            socket.destroy();
            journal.add("destroyed");
            loop.nextTick(journal.note("tick"));
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("destroyed", "close", "tick");
    }

    @Test
    void aSecondCloseFailsWithServerNotRunning(Loop loop) {
        Server server = server(loop);
        server.onConnection(socket -> {
            server.close(late -> journal.add("first " + late));
            server.close(late -> journal.add("second " + late.code()));
            socket.destroy();
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("close", "first null", "second ERR_SERVER_NOT_RUNNING");
    }

    /** So a caller that must wait for the close, as Node's asyncDispose does, may ask any number of times. */
    @Test
    @Covers("node:test-net-server-async-dispose")
    void everyCloseOfAServerCallsBackAlsoAfterTheClose(Loop loop) {
        Server server = server(loop);
        server.listen(0, Local.HOST);
        server.close(late -> journal.add("first " + late));
        assertNull(server.address());
        loop.run();
        journal.expect("close", "first null");
        server.close(late -> journal.add("second " + late.code()));
        loop.run();
        journal.expect("close", "second ERR_SERVER_NOT_RUNNING");
    }

    @Test
    void aListenThatFailsDuringTheCloseDoesNotPreventTheCloseEvent(Loop loop) {
        Server server = server(loop).onError(error -> journal.add("error"));
        server.onConnection(socket -> {
            server.close();
            server.listen(0, "4.4.4.4");
            socket.destroy();
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("error", "close");
    }

    @Test
    void aLookupThatFailsDuringTheCloseDoesNotPreventTheCloseEvent(Loop loop) {
        Server server = server(loop).onError(error -> journal.add("error"));
        server.onConnection(socket -> {
            server.close(late -> journal.add("callback"));
            server.listen(0, "no-such-host.invalid");
            socket.destroy();
        });
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("error", "close", "callback");
    }

    @Test
    @Covers("S112")
    void afterTheCloseOfAServerWithoutConnectionsTheLoopEnds(Loop loop) {
        Server server = server(loop);
        server.listen(0, Local.HOST);
        server.close();
        assertFalse(loop.run());
        journal.expect("close");
    }

    /** A hundred cycles leave no callback that would be called again. */
    @Test
    @Covers("node:test-net-server-listen-remove-callback")
    void closeCallbacksOfEarlierListensAreNotCalledAgain(Loop loop) {
        Server server = Net.createServer(loop, socket -> {});
        for (int cycle = 0; cycle < 100; cycle++) {
            server.listen(0, Local.HOST, journal.note("listening"));
            loop.nextTick(() -> server.close(late -> journal.add("closed")));
            loop.run();
            journal.expect("listening", "closed");
        }
    }

    private Server server(Loop loop) {
        return Net.createServer(loop, socket -> {
                    sockets.add(socket);
                    socket.pipe(socket);
                })
                .onClose(journal.note("close"));
    }
}
