package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.HostLookup;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.LoopCore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A limit on the time of a whole connect: {@link ConnectOptions#connectTimeoutMillis}. */
@ConnectionTest
class SocketConnectTimeoutTest {

    private static final HostLookup NEVER = (host, options, answer) -> {};

    private final Journal journal = new Journal();
    private final List<ChagresException> errors = new ArrayList<>();

    private static void expectNoTimer(Loop loop) {
        assertEquals("Timers (0 started)", LoopCore.of(loop).timers().toString());
    }

    private Socket connect(Loop loop, ConnectOptions options) {
        return Net.connect(loop, options)
                .onError(errors::add)
                .onConnect(() -> journal.add("connect"))
                .onClose(hadError -> journal.add("close " + hadError + " at " + loop.now()));
    }

    @Test
    void aConnectThatHangsEndsAfterItsTime(Loop loop, ManualClock clock) throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            connect(loop, ConnectOptions.to(silent.host(), silent.port()).connectTimeoutMillis(500));
            loop.run();
            ChagresException error = errors.get(0);
            assertEquals("ERR_SOCKET_CONNECTION_TIMEOUT", error.code());
            assertEquals("Socket connection timeout: 127.0.0.3:" + silent.port() + " after 500 ms", error.getMessage());
        }
        journal.expect("close true at 500");
        expectNoTimer(loop);
    }

    @Test
    void theConnectTimeoutIncludesTheLookup(Loop loop, ManualClock clock) {
        connect(loop, ConnectOptions.to("example.invalid", 80).lookup(NEVER).connectTimeoutMillis(500));
        Timer.after(loop, 600, () -> journal.add("later"));
        loop.run();
        assertEquals(
                "Socket connection timeout: example.invalid:80 after 500 ms, in the lookup",
                errors.get(0).getMessage());
        journal.expect("close true at 500", "later");
        expectNoTimer(loop);
    }

    @Test
    void theConnectTimeoutIncludesAllAttemptsAndTheErrorHasTheirErrors(Loop loop, ManualClock clock)
            throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            HostLookup.Address address = HostLookup.Address.of(silent.host());
            connect(
                    loop,
                    ConnectOptions.to("x", silent.port())
                            .autoSelectFamilyAttemptTimeoutMillis(200)
                            .connectTimeoutMillis(500)
                            .lookup((host, options, answer) ->
                                    answer.accept(List.of(HostLookup.Address.of("127.0.0.4"), address), null)));
            loop.run();
            assertEquals("ECONNREFUSED", ((ChagresException) errors.get(0).getSuppressed()[0]).code());
        }
        journal.expect("close true at 500");
    }

    @Test
    void theConnectTimeoutCountsFromTheClockAtTheCall(Loop loop, ManualClock clock) throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            Timer.after(loop, 10, () -> {
                clock.advanceMillis(1000);
                connect(loop, ConnectOptions.to(silent.host(), silent.port()).connectTimeoutMillis(500));
            });
            loop.run();
        }
        journal.expect("close true at 1510");
    }

    @Test
    void theConnectTimeoutDoesNotFireOnceConnected(Loop loop, ManualClock clock) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket socket =
                    connect(loop, ConnectOptions.to(Local.HOST, server.port()).connectTimeoutMillis(500));
            socket.onConnect(() -> Timer.after(loop, 10_000, socket::end)).resume();
            loop.run();
        }
        assertEquals(List.of(), errors);
        assertEquals(2, journal.count("connect") + journal.count("close false at " + loop.now()));
        expectNoTimer(loop);
    }

    @Test
    void aSocketThatIsDestroyedOnTheWayLeavesNoTimer(Loop loop, ManualClock clock) throws IOException {
        try (FullBacklog silent = new FullBacklog()) {
            Socket socket = connect(
                    loop, ConnectOptions.to(silent.host(), silent.port()).connectTimeoutMillis(500));
            Timer.after(loop, 100, socket::destroy);
            loop.run();
        }
        journal.expect("close false at 100");
        expectNoTimer(loop);
    }

    @Test
    void aConnectAfterOneThatTookTooLongHasItsOwnTime(Loop loop, ManualClock clock) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket socket =
                    connect(loop, ConnectOptions.to("x", 80).lookup(NEVER).connectTimeoutMillis(500));
            Timer.after(
                    loop,
                    600,
                    () -> socket.connect(server.port(), Local.HOST).resume().end());
            loop.run();
        }
        journal.expect("close true at 500", "connect", "close false at 600");
    }

    @Test
    void aConnectThatThrowsLeavesNoTimer(Loop loop, ManualClock clock) {
        ConnectOptions options = ConnectOptions.to("x", 80)
                .connectTimeoutMillis(500)
                .lookup((host, wanted, answer) -> {
                    throw new IllegalStateException("no lookup");
                });
        assertThrows(IllegalStateException.class, () -> Net.connect(loop, options));
        expectNoTimer(loop);
    }

    @Test
    void aNegativeTimeIsRefusedByName() {
        UsageException refused =
                assertThrows(UsageException.class, () -> ConnectOptions.to(9).connectTimeoutMillis(-1));
        assertEquals("ERR_OUT_OF_RANGE", refused.code());
        assertTrue(refused.getMessage().startsWith("The value of \"options.connectTimeoutMillis\" is out of range."));
    }
}
