package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.address.HostLookup;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Journal;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A name with several addresses: the first that answers, one after the other. */
@ConnectionTest
class SocketConnectAttemptsTest {

    private static final String NAME = "several.test";

    private final Journal journal = new Journal();

    @Test
    @Covers("node:test-net-autoselectfamily")
    void afterARefusalTheNextAddressIsTried(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = connect(loop, server.port(), "::1", "127.0.0.1");
            client.onConnect(client::end);
            loop.run();
            assertEquals("", server.result());
            int port = server.port();
            assertEquals(
                    List.of(new SocketAddress("::1", port), new SocketAddress("127.0.0.1", port)),
                    client.autoSelectFamilyAttemptedAddresses());
        }
        journal.expect("try ::1", "failed ::1 ECONNREFUSED", "try 127.0.0.1", "connect", "ready", "close false");
    }

    @Test
    @Covers({"node:test-net-autoselectfamily-ipv4first", "node:test-net-autoselectfamily-events-failure"})
    void theFamilyOfTheFirstAddressLeadsAndTheFamiliesTakeTurns(Loop loop) {
        int port = Peer.deadPort();
        connect(loop, port, "127.0.0.1", "127.0.0.2", "127.0.0.3", "::1");
        loop.run();
        journal.expect(
                "try 127.0.0.1",
                "failed 127.0.0.1 ECONNREFUSED",
                "try ::1",
                "failed ::1 ECONNREFUSED",
                "try 127.0.0.2",
                "failed 127.0.0.2 ECONNREFUSED",
                "try 127.0.0.3",
                "failed 127.0.0.3 ECONNREFUSED",
                "error ECONNREFUSED ''",
                "connect ECONNREFUSED 127.0.0.1:" + port,
                "connect ECONNREFUSED ::1:" + port,
                "connect ECONNREFUSED 127.0.0.2:" + port,
                "connect ECONNREFUSED 127.0.0.3:" + port,
                "close true");
    }

    @Test
    @Covers("node:test-net-autoselectfamily")
    void whereIPv6LeadsItIsTriedFirst(Loop loop) {
        connect(loop, Peer.deadPort(), "::1", "127.0.0.1", "127.0.0.2")
                .onConnectionAttempt(remote -> journal.add(remote.family()));
        loop.run();
        assertEquals(1, journal.count("IPv6"));
        assertEquals(2, journal.count("IPv4"));
    }

    @Test
    void anAddressThatIsThereTwiceIsTriedOnce(Loop loop) {
        connect(loop, Peer.deadPort(), "127.0.0.1", "::1", "127.0.0.1", "0:0:0:0:0:0:0:1");
        loop.run();
        assertEquals(1, journal.count("try 127.0.0.1"));
        assertEquals(1, journal.count("try ::1"));
    }

    @Test
    void aSingleAddressFailsWithItsOwnError(Loop loop) {
        int port = Peer.deadPort();
        Socket client = connect(loop, port, "127.0.0.1");
        loop.run();
        journal.expect(
                "try 127.0.0.1",
                "failed 127.0.0.1 ECONNREFUSED",
                "error ECONNREFUSED 'connect ECONNREFUSED 127.0.0.1:" + port + "'",
                "close true");
        assertEquals(List.of(), client.autoSelectFamilyAttemptedAddresses());
    }

    @Test
    @Covers("node:test-net-autoselectfamily-events-timeout")
    void anAddressThatDoesNotAnswerHasItsTimeAndThenTheNextIsTried(Loop loop, ManualClock clock) throws IOException {
        try (Peer<String> server = Peer.server(Talk::allText);
                FullBacklog silent = new FullBacklog(server.port())) {
            Socket client = connect(loop, server.port(), silent.host(), "127.0.0.1");
            client.onConnect(client::end);
            loop.run();
        }
        journal.expect("try 127.0.0.3", "timeout 127.0.0.3", "try 127.0.0.1", "connect", "ready", "close false");
    }

    @Test
    @Covers("node:test-net-autoselectfamily-timeout-close")
    void whereNoneAnswersInItsTimeThereIsOneErrorAndNoReady(Loop loop, ManualClock clock) throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            Socket client = connect(loop, silent.port(), silent.host(), "127.0.0.2");
            loop.run();
            journal.expect(
                    "try 127.0.0.3",
                    "timeout 127.0.0.3",
                    "try 127.0.0.2",
                    "failed 127.0.0.2 ECONNREFUSED",
                    "error ETIMEDOUT ''",
                    "connect ETIMEDOUT 127.0.0.3:" + silent.port(),
                    "connect ECONNREFUSED 127.0.0.2:" + silent.port(),
                    "close true");
            assertTrue(client.isDestroyed());
        }
    }

    @Test
    void severalAddressesThatDoNotAnswerHaveTheirTimeOneAfterTheOther(Loop loop, ManualClock clock) throws IOException {
        try (Peer<String> server = Peer.server(Talk::allText);
                FullBacklog silent = new FullBacklog(server.port());
                FullBacklog alsoSilent = new FullBacklog("127.0.0.4", server.port())) {
            long start = loop.now();
            Socket client = connect(loop, server.port(), silent.host(), alsoSilent.host(), "127.0.0.1");
            client.onConnectionAttempt(remote -> journal.add("after " + (loop.now() - start)));
            client.onConnect(client::end);
            loop.run();
        }
        journal.expect(
                "try 127.0.0.3",
                "after 0",
                "timeout 127.0.0.3",
                "try 127.0.0.4",
                "after 500",
                "timeout 127.0.0.4",
                "try 127.0.0.1",
                "after 1000",
                "connect",
                "ready",
                "close false");
    }

    @Test
    void destroyedInTheMiddleOfAnAttemptItLeavesNoTimer(Loop loop, ManualClock clock) throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            Socket client = connect(loop, silent.port(), silent.host(), "127.0.0.1");
            long start = loop.now();
            Timer.after(loop, 10, client::destroy);
            loop.run();
            assertEquals(10, loop.now() - start, "the loop ends with the close");
            Timer.after(loop, 1000, journal.note("later"));
            loop.run();
        }
        journal.expect("try 127.0.0.3", "close false", "later");
    }

    @ParameterizedTest
    @ValueSource(strings = {"try", "failed", "timeout"})
    void noFurtherAddressIsTriedWhereAListenerDestroysTheSocket(String event, Loop loop, ManualClock clock)
            throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            String host = event.equals("timeout") ? silent.host() : "127.0.0.2";
            Socket client = connect(loop, silent.port(), host, "127.0.0.1");
            client.onConnectionAttempt(remote -> destroyAt(client, event, "try"));
            client.onConnectionAttemptFailed((remote, error) -> destroyAt(client, event, "failed"));
            client.onConnectionAttemptTimeout(remote -> destroyAt(client, event, "timeout"));
            loop.run();
        }
        assertEquals(0, journal.count("try 127.0.0.1"));
        assertEquals(1, journal.count("close false"));
    }

    private static void destroyAt(Socket client, String event, String now) {
        if (event.equals(now)) {
            client.destroy();
        }
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

    // ---- whether, and how long

    @Test
    @Covers("node:test-net-autoselectfamily")
    void switchedOffOnlyTheFirstAddressIsTried(Loop loop) {
        int port = Peer.deadPort();
        Socket client =
                journal(Net.connect(loop, options(port, "::1", "127.0.0.1").autoSelectFamily(false)));
        loop.run();
        journal.expect(
                "try ::1",
                "failed ::1 ECONNREFUSED",
                "error ECONNREFUSED 'connect ECONNREFUSED ::1:" + port + "'",
                "close true");
        assertEquals(List.of(), client.autoSelectFamilyAttemptedAddresses());
    }

    @Test
    void aLocalAddressDecidesForTheFirstAddress(Loop loop) {
        journal(Net.connect(loop, options(Peer.deadPort(), "127.0.0.1", "::1").localAddress("127.0.0.1")));
        loop.run();
        assertEquals(0, journal.count("try ::1"));
    }

    @Test
    @Covers("node:test-net-autoselectfamily-default")
    void theDefaultIsOneForTheProcess() {
        assertTrue(Net.defaultAutoSelectFamily());
        Net.setDefaultAutoSelectFamily(false);
        try {
            assertFalse(ConnectOptions.to(9).triesAll());
        } finally {
            Net.setDefaultAutoSelectFamily(true);
        }
        assertTrue(ConnectOptions.to(9).triesAll());
    }

    @Test
    @Covers("node:test-net-autoselectfamily-attempt-timeout-default-value")
    void anAttemptHasHalfASecondByDefault(Loop loop, ManualClock clock) throws IOException {
        assertEquals(500, Net.defaultAutoSelectFamilyAttemptTimeoutMillis());
        assertEquals(500, timeOfTheSecondAttempt(loop, options -> options));
    }

    @Test
    void anAttemptHasTheTimeThatTheOptionsGiveIt(Loop loop, ManualClock clock) throws IOException {
        assertEquals(1000, timeOfTheSecondAttempt(loop, options -> options.autoSelectFamilyAttemptTimeoutMillis(1000)));
    }

    @Test
    void anAttemptHasTheDefaultThatTheProcessHasSet(Loop loop, ManualClock clock) throws IOException {
        Net.setDefaultAutoSelectFamilyAttemptTimeoutMillis(30);
        try {
            assertEquals(30, timeOfTheSecondAttempt(loop, options -> options));
        } finally {
            Net.setDefaultAutoSelectFamilyAttemptTimeoutMillis(500);
        }
    }

    private long timeOfTheSecondAttempt(Loop loop, UnaryOperator<ConnectOptions> change) throws IOException {
        long[] time = new long[2];
        try (FullBacklog silent = new FullBacklog()) {
            int[] attempt = {0};
            Net.connect(loop, change.apply(options(silent.port(), silent.host(), "127.0.0.2")))
                    .onConnectionAttempt(remote -> time[attempt[0]++] = loop.now())
                    .onError(error -> {});
            loop.run();
        }
        return time[1] - time[0];
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 9, 10})
    @Covers("node:test-net-socket-connect-invalid-autoselectfamilyattempttimeout")
    void aVeryShortTimeBecomesTenMilliseconds(long millis) {
        assertEquals(
                10,
                ConnectOptions.to(9)
                        .autoSelectFamilyAttemptTimeoutMillis(millis)
                        .attemptTimeoutMillis());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Integer.MAX_VALUE + 1L})
    @Covers("node:test-net-socket-connect-invalid-autoselectfamilyattempttimeout")
    void aTimeThatIsNoneIsRefused(long millis) {
        UsageException error = assertThrows(
                UsageException.class, () -> ConnectOptions.to(9).autoSelectFamilyAttemptTimeoutMillis(millis));
        assertEquals("ERR_OUT_OF_RANGE", error.code());
        assertEquals(
                "The value of \"options.autoSelectFamilyAttemptTimeoutMillis\" is out of range. "
                        + "It must be >= 1 && <= 2147483647. Received " + millis,
                error.getMessage());
        assertThrows(UsageException.class, () -> Net.setDefaultAutoSelectFamilyAttemptTimeoutMillis(millis));
        assertEquals(500, Net.defaultAutoSelectFamilyAttemptTimeoutMillis());
    }

    // ---- common

    private Socket connect(Loop loop, int port, String... addresses) {
        return journal(Net.connect(loop, options(port, addresses)));
    }

    private static ConnectOptions options(int port, String... addresses) {
        return ConnectOptions.to(NAME, port).lookup(finding(addresses));
    }

    private static HostLookup finding(String... addresses) {
        return (host, options, answer) ->
                answer.accept(Stream.of(addresses).map(HostLookup.Address::of).toList(), null);
    }

    private Socket journal(Socket client) {
        return client.onConnectionAttempt(remote -> journal.add("try " + remote.address()))
                .onConnectionAttemptFailed(
                        (remote, error) -> journal.add("failed " + remote.address() + " " + error.code()))
                .onConnectionAttemptTimeout(remote -> journal.add("timeout " + remote.address()))
                .onConnect(journal.note("connect"))
                .onReady(journal.note("ready"))
                .onError(error -> {
                    journal.add("error " + error.code() + " '" + error.getMessage() + "'");
                    for (Throwable one : error.getSuppressed()) {
                        journal.add(one.getMessage());
                    }
                })
                .onClose(hadError -> journal.add("close " + hadError))
                .resume();
    }
}
