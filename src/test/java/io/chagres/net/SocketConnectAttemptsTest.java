package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Journal;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.ChagresException;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A name with several addresses: the first that answers, one after the other. */
@ConnectionTest
class SocketConnectAttemptsTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("node:test-net-autoselectfamily")
    void afterARefusalTheNextAddressIsTried(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            attempt(loop, server.port(), "::1", "127.0.0.1");
            loop.run();
            assertEquals("", server.result());
        }
        journal.expect("connected 127.0.0.1");
    }

    @Test
    @Covers("node:test-net-autoselectfamily-ipv4first")
    void theFamilyOfTheFirstAddressLeadsAndTheFamiliesTakeTurns(Loop loop) {
        int port = Peer.deadPort();
        attempt(loop, port, "127.0.0.1", "127.0.0.2", "127.0.0.3", "::1");
        loop.run();
        journal.expect("failed ECONNREFUSED",
            "connect ECONNREFUSED 127.0.0.1:" + port, "connect ECONNREFUSED ::1:" + port,
            "connect ECONNREFUSED 127.0.0.2:" + port, "connect ECONNREFUSED 127.0.0.3:" + port);
    }

    @Test
    @Covers("node:test-net-autoselectfamily")
    void whereIPv6LeadsItIsTriedFirst(Loop loop) {
        int port = Peer.deadPort();
        attempt(loop, port, "::1", "127.0.0.1", "127.0.0.2");
        loop.run();
        journal.expect("failed ECONNREFUSED", "connect ECONNREFUSED ::1:" + port,
            "connect ECONNREFUSED 127.0.0.1:" + port, "connect ECONNREFUSED 127.0.0.2:" + port);
    }

    @Test
    void aSingleAddressFailsWithItsOwnError(Loop loop) {
        int port = Peer.deadPort();
        attempt(loop, port, "127.0.0.1");
        loop.run();
        journal.expect("failed ECONNREFUSED");
    }

    @Test
    void anAddressThatDoesNotAnswerHasItsTimeAndThenTheNextIsTried(Loop loop, ManualClock clock) throws IOException {
        try (Peer<String> server = Peer.server(Talk::allText); FullBacklog silent = new FullBacklog(server.port())) {
            attempt(loop, server.port(), silent.host(), "127.0.0.1");
            loop.run();
        }
        journal.expect("connected 127.0.0.1");
    }

    @Test
    @Covers("node:test-net-autoselectfamily")
    void localhostFallsBackToTheAddressThatListens(Loop loop) {
        Server server = Net.createServer(loop, Socket::end);
        server.listen(0, "127.0.0.1");
        server.onConnection(socket -> server.close());
        Socket client = Net.connect(loop, server.address().port());
        client.onConnect(() -> journal.add(client.remoteAddress().address()));
        client.resume();
        loop.run();
        journal.expect("127.0.0.1");
    }

    private void attempt(Loop loop, int port, String... addresses) {
        new ConnectAttempts(loop, List.of(addresses), port, null, new ConnectAttempts.Listener() {
            @Override
            public void onConnected(Tcp connection) {
                journal.add("connected " + connection.remoteAddress().address());
                connection.close();
            }

            @Override
            public void onFailed(ChagresException error) {
                journal.add("failed " + error.code());
                for (Throwable one : error.getSuppressed()) {
                    journal.add(one.getMessage());
                }
            }
        }).begin();
    }
}
