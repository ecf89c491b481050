package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.Family;
import io.chagres.address.HostLookup;
import io.chagres.address.HostLookup.Address;
import io.chagres.address.LookupOptions;
import io.chagres.address.LookupOptions.Hint;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The host of a connect: how it becomes an address. */
@ConnectionTest
class SocketLookupTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("node:test-net-dns-lookup")
    void aNameHasALookupEvent(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = journal(Net.connect(
                    loop, ConnectOptions.to("localhost", server.port()).family(Family.IPV4)));
            client.onConnect(client::end);
            loop.run();
        }
        journal.expect("lookup null 127.0.0.1 4 localhost", "connect");
    }

    @Test
    @Covers("node:test-net-dns-lookup-skip")
    void anAddressHasNoLookupEvent(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = journal(Net.connect(loop, server.port(), "127.0.0.1"));
            client.onConnect(client::end);
            loop.run();
        }
        journal.expect("connect");
    }

    @Test
    void anUnknownNameReportsItsErrorInTheLookupAndTheConnect(Loop loop) {
        journal(Net.connect(loop, ConnectOptions.to("no\0name", 9)));
        loop.run();
        journal.expect("lookup ENOTFOUND null 0 no\0name", "error ENOTFOUND getaddrinfo ENOTFOUND no\0name");
    }

    @Test
    @Covers("node:test-net-connect-options-ipv6")
    void aFamilyReachesTheLookup(Loop loop) {
        Server server = Net.createServer(
                loop,
                ServerOptions.defaults().allowHalfOpen(true),
                socket -> socket.resume().end("hello"));
        server.listen(ListenOptions.at("::1", 0), null);
        server.onConnection(socket -> {
            server.close();
            socket.onData(chunk -> journal.add("server got " + Talk.text(chunk)));
        });
        Socket client = journal(Net.connect(
                loop,
                SocketOptions.defaults().allowHalfOpen(true),
                ConnectOptions.to("localhost", server.address().port())
                        .family(Family.IPV6)
                        .lookup((host, options, answer) -> {
                            journal.add(options.family() + " " + options.hints());
                            answer.accept(List.of(Address.of("::1")), null);
                        })));
        client.resume()
                .onEnd(() -> Timer.after(loop, 10, () -> {
                    journal.add("writable " + client.isWritable());
                    client.end("late");
                }));
        loop.run();
        journal.expect("IPV6 []", "lookup null ::1 6 localhost", "connect", "writable true", "server got late");
    }

    // ---- a lookup of the user's

    @ParameterizedTest
    @EnumSource(Family.class)
    @Covers("node:test-net-dns-custom-lookup")
    void aLookupOfTheUsersIsAskedInstead(Family family, Loop loop) {
        String address = family == Family.IPV4 ? "127.0.0.1" : "::1";
        Server server = Net.createServer(loop, socket -> socket.resume().end());
        server.listen(ListenOptions.at(address, 0), null);
        server.onConnection(socket -> server.close());
        journal(Net.connect(
                        loop,
                        ConnectOptions.to("anything", server.address().port())
                                .lookup((host, options, answer) -> loop.nextTick(() -> {
                                    journal.add("asked for " + host);
                                    answer.accept(List.of(Address.of(address)), null);
                                }))))
                .resume();
        loop.run();
        journal.expect(
                "asked for anything",
                "lookup null " + address + " " + (family == Family.IPV4 ? 4 : 6) + " anything",
                "connect");
    }

    @Test
    void aLookupOfTheUserReceivesTheOptions(Loop loop) {
        for (ConnectOptions options : List.of(
                ConnectOptions.to(9),
                ConnectOptions.to(9).family(Family.IPV4),
                ConnectOptions.to(9).hints(Hint.AI_V4MAPPED, Hint.AI_ALL, Hint.AI_ALL))) {
            Net.connect(
                            loop,
                            options.lookup((host, wanted, answer) -> journal.add(host + " " + wanted.family() + " "
                                    + Set.copyOf(wanted.hints()).size())))
                    .destroy();
        }
        loop.run();
        journal.expect("localhost null 1", "localhost IPV4 0", "localhost null 2");
    }

    @ParameterizedTest
    @CsvSource({
        "foobar,    4,   ERR_INVALID_IP_ADDRESS,     Invalid IP address: foobar",
        ",          4,   ERR_INVALID_IP_ADDRESS,     Invalid IP address: null",
        "127.0.0.1, 100, ERR_INVALID_ADDRESS_FAMILY, Invalid address family: 100 localhost:9",
    })
    @Covers({
        "node:test-net-dns-custom-lookup",
        "node:test-net-connect-custom-lookup-non-string-address",
        "node:test-net-options-lookup"
    })
    void anAnswerThatIsNoAddressFailsTheConnect(String address, int family, String code, String message, Loop loop) {
        answering(loop, List.of(new Address(address, family)), null);
        loop.run();
        journal.expect("lookup null " + address + " " + family + " localhost", "error " + code + " " + message);
    }

    @Test
    @Covers("node:test-net-options-lookup")
    void theErrorOfSuchAnAnswerNamesHostAndPort(Loop loop) {
        ChagresException[] failure = new ChagresException[1];
        Net.connect(
                        loop,
                        ConnectOptions.to(0)
                                .lookup((host, options, answer) ->
                                        answer.accept(List.of(new Address("127.0.0.1", 100)), null)))
                .onError(error -> failure[0] = error);
        loop.run();
        LookupAnswerException error = (LookupAnswerException) failure[0];
        assertEquals("ERR_INVALID_ADDRESS_FAMILY", error.code());
        assertEquals("Invalid address family: 100 localhost:0", error.getMessage());
        assertEquals("localhost", error.host());
        assertEquals(0, error.port());
    }

    @Test
    void ofSeveralAnswersThoseThatAreNoneAreLeftOut(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = journal(Net.connect(
                    loop,
                    ConnectOptions.to(server.port())
                            .lookup((host, options, answer) -> answer.accept(
                                    List.of(new Address("x", 4), new Address("::1", 5), Address.of("127.0.0.1")),
                                    null))));
            client.onConnect(client::end);
            loop.run();
        }
        journal.expect(
                "lookup null x 4 localhost",
                "lookup null ::1 5 localhost",
                "lookup null 127.0.0.1 4 localhost",
                "connect");
    }

    @Test
    void noAnswerAtAllFailsTheConnect(Loop loop) {
        answering(loop, List.of(), null);
        loop.run();
        journal.expect("error ERR_INVALID_IP_ADDRESS Invalid IP address: null");
    }

    @Test
    void theErrorOfALookupOfTheUserIsThatOfTheConnect(Loop loop) {
        answering(loop, null, new ChagresException("EX", "not today"));
        loop.run();
        journal.expect("lookup EX null 0 localhost", "error EX not today");
    }

    @Test
    void aSecondAnswerIsIgnored(Loop loop) {
        journal(Net.connect(loop, ConnectOptions.to(9).lookup((host, options, answer) -> {
            answer.accept(null, new ChagresException("EX", "first"));
            answer.accept(null, new ChagresException("EX", "second"));
        })));
        loop.run();
        journal.expect("lookup EX null 0 localhost", "error EX first");
    }

    @Test
    void anAnswerAfterTheDestroyIsIgnored(Loop loop) {
        AnswerLater later = new AnswerLater();
        Socket client = journal(Net.connect(loop, ConnectOptions.to(9).lookup(later)));
        client.destroy();
        later.answer.accept(List.of(Address.of("127.0.0.1")), null);
        loop.run();
        journal.expect();
    }

    private static final class AnswerLater implements HostLookup {
        private BiConsumer<? super List<Address>, ? super ChagresException> answer;

        @Override
        public void lookup(
                String host,
                LookupOptions options,
                BiConsumer<? super List<Address>, ? super ChagresException> answer) {
            this.answer = answer;
        }
    }

    @Test
    void aLookupListenerMayDestroyTheSocket(Loop loop) {
        Socket client = answering(loop, List.of(Address.of("127.0.0.1"), Address.of("::1")), null);
        client.onLookup((address, family, host, error) -> client.destroy());
        client.onConnectionAttempt(remote -> journal.add("attempt"));
        loop.run();
        journal.expect("lookup null 127.0.0.1 4 localhost");
    }

    @Test
    void connectThrowsTheExceptionOfALookupAndBeginsNothing(Loop loop) {
        Socket client = journal(new Socket(loop));
        ConnectOptions failing = ConnectOptions.to(9).lookup((host, options, answer) -> {
            throw new IllegalStateException("no resolver");
        });
        assertThrows(IllegalStateException.class, () -> client.connect(failing));
        assertFalse(client.isConnecting());
        loop.run();
        journal.expect();
        client.connect(Peer.deadPort(), "127.0.0.1").onClose(hadError -> journal.add("close " + hadError));
        loop.run();
        assertEquals(1, journal.count("close true"));
    }

    @Test
    @Covers("node:test-net-options-lookup")
    void aNullLookupIsRefused() {
        assertThrows(UsageException.class, () -> ConnectOptions.to(9).lookup(null));
    }

    @Test
    void hintsThatAreNotAboutAddressesAreRefused() {
        UsageException error =
                assertThrows(UsageException.class, () -> ConnectOptions.to(9).hints(Hint.AI_PASSIVE));
        assertEquals("ERR_INVALID_ARG_VALUE", error.code());
        assertEquals("The argument 'hints' is invalid. Received AI_PASSIVE", error.getMessage());
    }

    private Socket answering(Loop loop, List<Address> addresses, ChagresException error) {
        return journal(Net.connect(
                loop, ConnectOptions.to(9).lookup((host, options, answer) -> answer.accept(addresses, error))));
    }

    private Socket journal(Socket client) {
        return client.onLookup((address, family, host, error) -> journal.add(
                        "lookup " + (error == null ? null : error.code()) + " " + address + " " + family + " " + host))
                .onConnect(journal.note("connect"))
                .onError(error -> journal.add("error " + error.code() + " " + error.getMessage()))
                .resume();
    }
}
