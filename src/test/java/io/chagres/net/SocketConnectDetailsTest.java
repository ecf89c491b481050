package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.HostLookup;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Garbage;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.sys.Descriptors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small print of a connect: facts that Node's own files assert, each as it is there. */
@ConnectionTest
class SocketConnectDetailsTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    // ---- options

    @Test
    @Covers("node:test-net-connect-no-arg")
    void everyConnectNeedsAPlace(Loop loop) {
        assertEquals(0, ConnectOptions.class.getConstructors().length, "options begin with a place");
        List<Runnable> placeless = List.of(
                () -> Net.connect(loop, (ConnectOptions) null),
                () -> Net.connect(loop, SocketOptions.defaults(), null),
                () -> new Socket(loop).connect((ConnectOptions) null),
                () -> new Socket(loop).connect((ConnectOptions) null, () -> {}));
        for (Runnable connect : placeless) {
            UsageException refused = assertThrows(UsageException.class, connect::run);
            assertEquals("ERR_MISSING_ARGS", refused.code());
            assertEquals("The \"options\" or \"port\" or \"path\" argument must be specified", refused.getMessage());
        }
        loop.run();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 16})
    @Covers("node:test-net-connect-options-port")
    void everyFormConnectsToANumberOrItsText(int radix, Loop loop) {
        Server server = Net.createServer(loop, peer -> peer.resume().end("ok"));
        int port = server.listen(0, Local.HOST).address().port();
        String text = radix == 16 ? "0x" + Integer.toHexString(port) : String.valueOf(port);
        Runnable connected = journal.note("connect");
        List<Supplier<Socket>> forms = radix == 0
                ? List.of(
                        () -> Net.connect(loop, port, connected),
                        () -> Net.connect(loop, port).onConnect(connected),
                        () -> new Socket(loop).connect(port, connected),
                        () -> new Socket(loop).connect(port).onConnect(connected),
                        () -> Net.connect(loop, port, "localhost", connected),
                        () -> new Socket(loop).connect(port, "localhost", connected))
                : List.of(
                        () -> Net.connect(loop, text, connected),
                        () -> Net.connect(loop, text).onConnect(connected),
                        () -> new Socket(loop).connect(text, connected),
                        () -> new Socket(loop).connect(text).onConnect(connected));
        int[] open = {forms.size()};
        forms.forEach(form -> form.get().resume().onClose(hadError -> {
            if (--open[0] == 0) {
                server.close();
            }
        }));
        loop.run();
        assertEquals(forms.size(), journal.count("connect"));
    }

    @Test
    @Covers("node:test-net-localerror")
    void anInvalidLocalAddressIsRefusedAtOnce() {
        UsageException refused =
                assertThrows(UsageException.class, () -> ConnectOptions.to(9).localAddress("foobar"));
        assertEquals("ERR_INVALID_IP_ADDRESS", refused.code());
        assertEquals("Invalid IP address: foobar", refused.getMessage());
        assertEquals(
                "ERR_SOCKET_BAD_PORT",
                assertThrows(UsageException.class, () -> ConnectOptions.to(9).localPort(-1))
                        .code());
    }

    @Test
    @Covers("node:test-net-connect-options-fd")
    void everyFormOfConnectTakesADescriptor(Loop loop) {
        Server server = Net.createServer(loop, peer -> peer.resume().onEnd(journal.note("end")));
        String path = folder.resolve("server").toString();
        server.listen(path);
        List<IntFunction<Socket>> forms = List.of(
                fd -> Net.connect(loop, SocketOptions.defaults().fd(fd), ConnectOptions.toPath(path)),
                fd -> Net.connect(
                        loop, SocketOptions.defaults().fd(fd), ConnectOptions.toPath(path), journal.note("callback")),
                fd -> new Socket(loop, SocketOptions.defaults().fd(fd)).connect(path),
                fd -> new Socket(loop, SocketOptions.defaults().fd(fd))
                        .connect(ConnectOptions.toPath(path), journal.note("callback")));
        int[] open = {forms.size()};
        for (var form : forms) {
            Pipe bound = new Pipe(loop);
            bound.bind(folder.resolve("client" + forms.indexOf(form)).toString());
            int fd = Descriptors.fcntl(bound.fd(), Descriptors.F_DUPFD_CLOEXEC, 0);
            Socket client = form.apply(fd);
            client.onConnect(() -> {
                        assertEquals(fd, client.handle().fd());
                        bound.close();
                        client.end();
                    })
                    .resume()
                    .onClose(hadError -> {
                        if (--open[0] == 0) {
                            server.close();
                        }
                    });
        }
        loop.run();
        assertEquals(4, journal.count("end"));
        assertEquals(2, journal.count("callback"));
    }

    // ---- in one tick

    @Test
    @Covers("node:test-net-connect-immediate-destroy")
    void listenedConnectedClosedAndDestroyedInOneTickThereIsOnlyTheClose(Loop loop) {
        Server server = Net.createServer(loop, peer -> journal.add("connection"));
        Socket client = Net.connect(loop, server.listen(0).address().port(), Local.HOST, journal.note("connect"));
        SocketEvents.into(journal, "", client);
        server.close();
        client.destroy();
        loop.run();
        journal.expect("close false");
    }

    @Test
    @Covers("node:test-net-connect-paused-connection")
    void aClientThatIsPausedFromTheStartKeepsNoLoopAlive(Loop loop) {
        Server server = Net.createServer(loop, Socket::unref).unref();
        int port = server.listen(0, Local.HOST).address().port();
        Socket client = Local.connect(loop, port).pause();
        client.onConnect(journal.note("connect"));
        assertFalse(loop.run());
        journal.expect("connect");
        client.destroy();
        server.close();
        server.closeAllConnections();
        loop.run();
    }

    @ParameterizedTest
    @CsvSource({"r, true", "pr, true", "p, false", "rpr, true", "rrp, false"})
    @Covers("node:test-net-pause-resume-connecting")
    void theLastPauseOrResumeBeforeTheConnectionCounts(String calls, boolean flows, Loop loop) {
        int port = Local.once(loop, peer -> {
            peer.resume().end("text");
            peer.onFinish(journal.note("sent"));
        });
        Socket client = Local.connect(loop, port);
        calls.chars().forEach(call -> {
            if (call == 'p') {
                client.pause();
            } else {
                client.resume();
            }
        });
        boolean[] tornDown = {false};
        client.onData(chunk -> journal.add(tornDown[0] ? "late" : "data"));
        Timer.after(loop, 50, () -> {
            tornDown[0] = true;
            client.resume();
        });
        loop.run();
        assertEquals(flows ? 1 : 0, journal.count("data"));
        assertEquals(flows ? 0 : 1, journal.count("late"));
    }

    // ---- what waits

    @Test
    @Covers({"node:test-net-connect-buffer", "node:test-net-connect-buffer2"})
    void withAMarkOf0AWriteAndAnEndWaitForTheConnection(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = new Socket(loop, SocketOptions.defaults().highWaterMark(0));
            assertTrue(client.isPending());
            boolean[] connected = {false};
            client.connect(server.port(), Local.HOST, () -> connected[0] = true);
            assertTrue(client.isPending() && client.isConnecting());
            assertEquals(ReadyState.OPENING, client.readyState());
            boolean more = client.write(Talk.buffer("L'\u00c9tat, c'est "), error -> {
                assertNull(error);
                assertTrue(connected[0]);
                assertEquals(18, client.bytesWritten());
                assertFalse(client.isPending());
                journal.add("written");
            });
            client.resume().onClose(hadError -> journal.add("close, pending " + client.isPending()));
            assertEquals(15, client.bytesWritten());
            assertFalse(more);
            client.end("moi");
            assertEquals(ReadyState.OPENING, client.readyState());
            loop.run();
            assertEquals("L'\u00c9tat, c'est moi", server.result());
        }
        journal.expect("written", "close, pending true");
    }

    @Test
    @Covers("node:test-net-buffersize")
    void whatIsQueuedCountsByteByByteAndIsGoneAtTheFinish(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Local.connect(loop, server.port()).resume();
            client.onFinish(() -> journal.add("finish " + client.writableLength()));
            for (int i = 1; i < 10; i++) {
                client.write("a");
                assertEquals(i, client.writableLength());
            }
            client.end();
            loop.run();
            assertEquals("aaaaaaaaa", server.result());
        }
        journal.expect("finish 0");
    }

    /** The listener itself, while the connection lives on. */
    @Test
    @Covers("node:test-net-connect-memleak")
    void theConnectCallbackIsReleasedAfterItsUse(Loop loop) {
        Garbage garbage = new Garbage();
        Server server = Net.createServer(loop, Socket::resume);
        Socket client = Net.connect(
                loop,
                server.listen(0, Local.HOST).address().port(),
                Local.HOST,
                callbackOf(garbage.watch("callback's object", new Object())));
        loop.execute(() -> server.close());
        client.onConnect(() -> Timer.after(loop, 1, () -> {
                    garbage.expectCollected();
                    journal.add("collected");
                    client.end();
                }))
                .resume();
        loop.run();
        journal.expect("connected", "collected");
    }

    private Runnable callbackOf(Object kept) {
        return () -> journal.add(kept == null ? "" : "connected");
    }

    // ---- addresses

    @Test
    @Covers({"node:test-net-local-address-port", "node:test-net-remote-address-port", "node:test-net-localport"})
    void bothSidesKnowBothAddresses(Loop loop) {
        int local = Peer.deadPort();
        Server server = Net.createServer(loop);
        server.listen(0, Local.HOST);
        server.onConnection(socket -> {
            assertEquals(server.address(), socket.localAddress());
            assertEquals("IPv4", socket.localAddress().family());
            assertEquals(new SocketAddress(Local.HOST, local), socket.remoteAddress());
            socket.resume()
                    .onClose(hadError ->
                            journal.add("accepted " + socket.remoteAddress().port()));
            server.close();
        });
        Socket client = Net.connect(
                loop, ConnectOptions.to(Local.HOST, server.address().port()).localPort(local));
        assertNull(client.remoteAddress());
        client.onConnect(() -> {
                    assertEquals(local, client.localAddress().port());
                    assertEquals(local, client.address().port());
                    client.end();
                })
                .resume();
        loop.run();
        journal.expect("accepted " + local);
    }

    // ---- errors

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    @Covers("node:test-net-connect-local-error")
    void theLocalSideIsNamedOverBothFamilies(String host, Loop loop) {
        int port = Peer.deadPort();
        int local = Peer.deadPort();
        Net.connect(loop, ConnectOptions.to(host, port).localAddress(host).localPort(local))
                .onError(error -> {
                    SystemException refused = (SystemException) error;
                    assertEquals("connect", refused.syscall());
                    assertEquals(host, refused.localAddress());
                    assertEquals(local, refused.localPort());
                    journal.add(refused.getMessage());
                });
        loop.run();
        journal.expect("connect ECONNREFUSED " + host + ":" + port + " - Local (" + host + ":" + local + ")");
    }

    @Test
    @Covers({"node:test-net-connect-immediate-finish", "node:test-net-better-error-messages-port-hostname"})
    void theErrorOfALookupNamesTheHostAloneAndAnEndAfterItIsHarmless(Loop loop) {
        SystemException unknown = SystemException.ofLookup("ENOTFOUND", -2, "something.invalid");
        Socket client = Net.connect(
                loop,
                ConnectOptions.to("something.invalid", 80)
                        .lookup((host, options, answer) -> answer.accept(null, unknown)),
                journal.note("connect"));
        client.onError(error -> {
            SystemException failure = (SystemException) error;
            assertEquals("ENOTFOUND", failure.code());
            assertEquals("getaddrinfo", failure.syscall());
            assertEquals("something.invalid", failure.hostname());
            assertNull(failure.address());
            assertEquals(0, failure.port());
            journal.add(failure.getMessage());
            client.end();
        });
        loop.run();
        journal.expect("getaddrinfo ENOTFOUND something.invalid");
    }

    @Test
    @Covers("node:test-net-dns-error")
    void aNameThatIsTooLongForTheDnsFailsTheLookupAndTheConnect(Loop loop) {
        Net.connect(loop, 42, "*".repeat(64), journal.note("connect"))
                .onLookup((address, family, host, error) ->
                        journal.add("lookup " + codeOf(error) + " " + address + " " + family))
                .onError(error -> journal.add("error " + codeOf(error)));
        loop.run();
        journal.expect("lookup not found null 0", "error not found");
    }

    private static String codeOf(Throwable error) {
        String code = ((SystemException) error).code();
        return code.equals("ENOTFOUND") || code.equals("EAI_FAIL") ? "not found" : code;
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    @Covers("node:test-net-dns-lookup-skip")
    void anAddressIsNotLookedUp(String address, Loop loop) {
        Server server = Net.createServer(loop, peer -> peer.resume().end());
        server.onConnection(socket -> server.close());
        server.listen(0, address);
        Net.connect(loop, server.address().port(), address)
                .resume()
                .onLookup((found, family, host, error) -> journal.add("lookup"))
                .onConnect(journal.note("connect"));
        loop.run();
        journal.expect("connect");
    }

    // ---- happy eyeballs

    @ParameterizedTest
    @CsvSource({"::1, 127.0.0.1", "127.0.0.1, ::1"})
    @Covers({"node:test-net-autoselectfamily", "node:test-net-autoselectfamily-ipv4first"})
    void ifBothListenTheFirstAnswerIsTakenAndNoOtherTried(String first, String second, Loop loop) throws IOException {
        int port = Local.portFreeOn(first, second);
        Server one = answering(loop, first).listen(port, first);
        Server other = answering(loop, second).listen(port, second);
        Socket client = Net.connect(
                loop,
                ConnectOptions.to("example.org", port)
                        .lookup((host, options, answer) -> answer.accept(
                                List.of(HostLookup.Address.of(first), HostLookup.Address.of(second)), null)));
        client.onReady(() ->
                assertEquals(List.of(new SocketAddress(first, port)), client.autoSelectFamilyAttemptedAddresses()));
        client.onData(chunk -> journal.add(Talk.text(chunk))).onEnd(() -> {
            one.close();
            other.close();
        });
        client.write("request");
        loop.run();
        journal.expect("response of " + first);
    }

    private static Server answering(Loop loop, String name) {
        return Net.createServer(loop, socket -> socket.onData(request -> socket.end("response of " + name)));
    }

    @Test
    @Covers("node:test-net-autoselectfamily")
    void theFamiliesTakeTurnsUpToTheAddressThatAnswers(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            int port = server.port();
            Socket client = Net.connect(
                    loop,
                    ConnectOptions.to("example.org", port)
                            .lookup((host, options, answer) -> answer.accept(
                                    List.of(
                                            HostLookup.Address.of("::1"),
                                            HostLookup.Address.of("::ffff:127.0.0.2"),
                                            HostLookup.Address.of("127.0.0.4"),
                                            HostLookup.Address.of("127.0.0.1")),
                                    null)));
            client.onReady(client::end).resume();
            loop.run();
            assertEquals(
                    List.of(
                            new SocketAddress("::1", port),
                            new SocketAddress("127.0.0.4", port),
                            new SocketAddress("::ffff:127.0.0.2", port),
                            new SocketAddress("127.0.0.1", port)),
                    client.autoSelectFamilyAttemptedAddresses());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Covers("node:test-net-autoselectfamily-default")
    void theDefaultOfTheProcessDecidesWhetherTheNextIsTried(boolean several, Loop loop) {
        Server server = Net.createServer(loop, peer -> peer.resume().end("response"));
        int port = server.listen(0, Local.HOST).address().port();
        Net.setDefaultAutoSelectFamily(several);
        try {
            Net.connect(
                            loop,
                            ConnectOptions.to("example.org", port)
                                    .lookup((host, options, answer) -> answer.accept(
                                            List.of(HostLookup.Address.of("::1"), HostLookup.Address.of(Local.HOST)),
                                            null)))
                    .onData(chunk -> journal.add(Talk.text(chunk)))
                    .onError(error -> journal.add(error.getMessage()))
                    .onClose(hadError -> server.close());
        } finally {
            Net.setDefaultAutoSelectFamily(true);
        }
        loop.run();
        journal.expect(several ? "response" : "connect ECONNREFUSED ::1:" + port);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 9})
    @Covers("node:test-net-socket-connect-invalid-autoselectfamilyattempttimeout")
    void aVeryShortDefaultBecomesTenMilliseconds(long millis) {
        long before = Net.defaultAutoSelectFamilyAttemptTimeoutMillis();
        Net.setDefaultAutoSelectFamilyAttemptTimeoutMillis(millis);
        try {
            assertEquals(10, Net.defaultAutoSelectFamilyAttemptTimeoutMillis());
        } finally {
            Net.setDefaultAutoSelectFamilyAttemptTimeoutMillis(before);
        }
    }
}
