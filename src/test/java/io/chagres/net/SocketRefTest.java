package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** What the loop waits for, and what not. */
@ConnectionTest
class SocketRefTest {

    private final Journal journal = new Journal();

    @Test
    @Covers({"node:test-net-server-unref", "libuv:tcp_ref2"})
    void anUnreferencedServerKeepsNoLoopAlive(Loop loop) {
        Server server = Net.createServer(loop, socket -> {});
        assertSame(server, server.listen(0, Local.HOST).unref());
        assertFalse(loop.run());
        assertTrue(server.isListening());
        server.close();
        loop.run();
    }

    @Test
    @Covers("node:test-net-server-unref-persistent")
    void aServerMayBeUnreferencedBeforeItListens(Loop loop) {
        Server server = Net.createServer(loop, socket -> {}).unref();
        server.listen(0, Local.HOST, journal.note("listening"));
        assertFalse(loop.run());
        journal.expect("listening");
        server.close();
        loop.run();
    }

    @Test
    void aServerThatIsReferencedAgainKeepsTheLoopAlive(Loop loop) {
        Server server = Net.createServer(loop, socket -> {}).unref();
        server.listen(0, Local.HOST);
        server.ref();
        assertTrue(loop.isAlive());
        Timer.after(loop, 5, () -> {
                    journal.add("still running");
                    server.unref();
                })
                .unref();
        loop.run();
        journal.expect("still running");
        server.close();
        loop.run();
    }

    @Test
    @Covers({"node:test-net-connect-paused-connection", "node:test-net-persistent-ref-unref"})
    void anUnreferencedClientKeepsNoLoopAliveOnceItIsConnected(Loop loop) throws IOException {
        try (ServerSocket listener = Peer.listener(Local.HOST, 0)) {
            Socket client = Local.connect(loop, listener.getLocalPort());
            client.unref().ref().unref();
            client.onConnect(journal.note("connect"));
            client.resume();
            assertFalse(loop.run());
            journal.expect("connect");
            client.destroy();
            loop.run();
        }
    }

    @Test
    @Covers("node:test-net-connect-unref")
    void unreferencedInTheConnectCallbackItLetsTheLoopEnd(Loop loop) throws IOException {
        try (ServerSocket listener = Peer.listener(Local.HOST, 0)) {
            Socket client = Local.connect(loop, listener.getLocalPort());
            client.onConnect(client::unref).onClose(hadError -> journal.add("close"));
            assertFalse(loop.run());
            journal.expect();
            client.destroy();
            loop.run();
        }
    }

    @Test
    void aConnectUnderWayIsWaitedForWhateverTheRef(Loop loop) {
        Socket client = Local.connect(loop, Peer.deadPort()).unref();
        client.onError(error -> journal.add(error.code()));
        loop.run();
        journal.expect("ECONNREFUSED");
    }

    @Test
    @Covers("libuv:tcp_ref4")
    void writesAndTheEndOfAnUnreferencedSocketAreStillCarriedOut(Loop loop) {
        try (Peer<Integer> server = Peer.server(socket -> Talk.all(socket).length)) {
            Socket client = Local.connect(loop, server.port()).unref();
            client.resume();
            client.write(new byte[8 << 20]);
            client.end();
            client.onFinish(journal.note("finish"));
            loop.run();
            assertEquals(8 << 20, server.result());
            client.destroy();
            loop.run();
        }
        journal.expect("finish");
    }

    @Test
    void anIdleSocketOfAServerKeepsTheLoopAlive(Loop loop) {
        Socket[] accepted = new Socket[1];
        int port = Local.once(loop, socket -> {
            accepted[0] = socket;
            loop.stop();
        });
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            assertTrue(loop.run());
            accepted[0].unref();
            assertFalse(loop.run());
            accepted[0].destroy();
            loop.run();
        }
    }
}
