package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Destroyed before the connection stands: nothing but the close comes. */
@ConnectionTest
class SocketConnectCancelledTest {

    private final Journal journal = new Journal();
    private ServerSocket listener;

    @BeforeEach
    void listen() {
        listener = Peer.listener(Local.HOST, 0);
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @Test
    @Covers({"S21", "node:test-net-connect-immediate-destroy"})
    void aSocketCanBeDestroyedInTheTickOfItsConnect(Loop loop) {
        Socket client = watched(loop, Local.HOST);
        assertSame(client, client.destroy());
        assertFalse(client.isConnecting());
        loop.run();
        journal.expect("close false");
    }

    @Test
    @Covers("S21")
    void aSocketCanBeDestroyedBeforeTheResultOfConnect(Loop loop) {
        Socket client = watched(loop, Local.HOST);
        loop.nextTick(() -> loop.nextTick(client::destroy));
        loop.run();
        journal.expect("close false");
    }

    @Test
    @Covers("node:test-net-connect-after-destroy")
    void aSocketCanBeDestroyedDuringItsLookup(Loop loop) {
        watched(loop, "localhost").destroy();
        loop.run();
        journal.expect("close false");
    }

    @Test
    @Covers("node:test-net-connect-after-destroy")
    void aSocketCanBeDestroyedDuringTheLookupOfAnUnknownName(Loop loop) {
        watched(loop, "no-such-host.invalid").destroy();
        loop.run();
        journal.expect("close false");
    }

    @Test
    void aConnectingSocketCanBeDestroyedWithAnError(Loop loop) {
        watched(loop, Local.HOST).destroy(new ChagresException("EX", "changed my mind"));
        loop.run();
        journal.expect("error changed my mind", "close true");
    }

    @Test
    @Covers("node:test-net-write-cb-on-destroy-before-connect")
    void aWriteThatWaitsForTheConnectFailsWhenTheSocketIsDestroyed(Loop loop) {
        Socket client = watched(loop, Local.HOST);
        client.write(Talk.buffer("lost"), error -> journal.add("write " + error.code() + ": " + error.getMessage()));
        client.destroy();
        loop.run();
        journal.expect(
                "write ERR_SOCKET_CLOSED_BEFORE_CONNECTION: Socket closed before the connection was established",
                "close false");
    }

    @Test
    void aWaitingWriteFailsIfTheConnectListenerDestroysTheSocket(Loop loop) {
        Socket client = watched(loop, Local.HOST);
        client.write(Talk.buffer("lost"), error -> journal.add("write " + error.code()));
        client.onConnect(client::destroy);
        loop.run();
        journal.expect("connect", "write ERR_SOCKET_CLOSED_BEFORE_CONNECTION", "close false");
    }

    /** Node's order: callbacks in the order of the writes. */
    @Test
    void severalWaitingWritesFailInOrder(Loop loop) {
        Socket client = watched(loop, Local.HOST);
        for (String name : new String[] {"one", "two", "three"}) {
            client.write(Talk.buffer(name), error -> journal.add(name));
        }
        client.end(error -> journal.add("end"));
        client.destroy();
        loop.run();
        journal.expect("one", "two", "three", "end", "close false");
    }

    @Test
    @Covers("node:test-net-connect-reset-before-connected")
    void aConnectingSocketCanBeReset(Loop loop) {
        Socket client = watched(loop, Local.HOST);
        assertSame(client, client.resetAndDestroy());
        client.destroy();
        loop.run();
        journal.expect("close false");
    }

    @Test
    void aWriteAfterTheDestroyOfAConnectingSocketFailsAndNothingElseHappens(Loop loop) {
        Socket client = watched(loop, Local.HOST);
        client.destroy();
        assertFalse(client.write(Talk.buffer("late"), error -> journal.add("write " + error.code())));
        loop.run();
        assertEquals(1, journal.count("write ERR_STREAM_DESTROYED"));
        assertEquals(1, journal.count("close false"));
    }

    private Socket watched(Loop loop, String host) {
        Socket client = Net.connect(loop, listener.getLocalPort(), host);
        SocketEvents.into(journal, "", client);
        return client;
    }
}
