package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.Test;

/** Whole sequences of events, as Node has them. */
@ConnectionTest
class SocketEventOrderTest {

    private final Journal journal = new Journal();

    @Test
    @Covers({"S32", "S55", "S105", "S52"})
    void eventOrderIfTheServerRepliesAndEnds(Loop loop) {
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "hello"))) {
            SocketEvents.into(journal, "", connect(loop, server));
            loop.run();
        }
        journal.expect("connect", "data hello", "end", "finish", "close false");
    }

    @Test
    @Covers({"S50", "S54"})
    void eventOrderIfTheClientEndsFirst(Loop loop) {
        Gate finished = new Gate();
        try (Peer<String> server = Peer.server(socket -> {
            finished.await();
            return Talk.allText(socket);
        })) {
            Socket client = connect(loop, server);
            SocketEvents.into(journal, "", client);
            client.onFinish(finished::open);
            client.end("bye");
            loop.run();
        }
        journal.expect("connect", "finish", "end", "close false");
    }

    @Test
    @Covers({"S31", "S60"})
    void eventOrderIfThePeerResets(Loop loop) {
        Gate connected = new Gate();
        try (Peer<Void> server = Peer.server(socket -> {
            connected.await();
            Talk.reset(socket);
            return null;
        })) {
            Socket client = connect(loop, server);
            SocketEvents.into(journal, "", client);
            client.onConnect(connected::open);
            loop.run();
        }
        journal.expect("connect", "error read ECONNRESET", "close true");
    }

    @Test
    @Covers({"S56", "S60"})
    void eventOrderIfTheSocketIsDestroyed(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket client = connect(loop, server);
            SocketEvents.into(journal, "", client);
            client.onConnect(client::destroy);
            loop.run();
        }
        journal.expect("connect", "close false");
    }

    @Test
    @Covers({"S59", "S60", "node:test-stream-destroy-event-order"})
    void eventOrderIfTheSocketIsDestroyedWithAnError(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::ending)) {
            Socket client = connect(loop, server);
            SocketEvents.into(journal, "", client);
            client.onConnect(() -> {
                client.destroy(new ChagresException("EX", "no more"));
                journal.add("destroyed");
                loop.nextTick(journal.note("tick"));
            });
            loop.run();
        }
        journal.expect("connect", "destroyed", "error no more", "tick", "close true");
    }

    @Test
    @Covers({"S23", "node:test-net-connect-handle-econnrefused"})
    void eventOrderIfTheConnectFails(Loop loop) {
        int port = Peer.deadPort();
        Socket client = Net.connect(loop, port, "127.0.0.1");
        SocketEvents.into(journal, "", client);
        loop.run();
        journal.expect("error connect ECONNREFUSED 127.0.0.1:" + port, "close true");
    }

    @Test
    @Covers({"S61", "S112", "S113"})
    void theServerClosesATickAfterItsLastSocketWasDestroyedAndBeforeThatClosed(Loop loop) {
        Server server = Net.createServer(loop, socket -> {
            SocketEvents.withoutData(journal, "socket ", socket);
            socket.resume();
        });
        server.onClose(journal.note("server close"));
        server.listen(0, "127.0.0.1");
        server.onConnection(socket -> server.close());
        try (Peer<String> client = Peer.client(server.address().port(), socket -> Talk.ask(socket, "hello"))) {
            loop.run();
        }
        journal.expect("socket end", "socket finish", "server close", "socket close false");
    }

    private static Socket connect(Loop loop, Peer<?> server) {
        return Net.connect(loop, server.port(), "127.0.0.1");
    }
}
