package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.RawSocket;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.sys.Sockets;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Options that are set before there is a socket. They are kept with their values, unlike in libuv, and applied when it is made. */
@ConnectionTest
class TcpEarlyOptionTest {

    private static final SocketOption<Integer> UNKNOWN = SocketOption.ofInt("TCP_UNKNOWN", Sockets.IPPROTO_TCP, 9999);

    private final Journal journal = new Journal();

    private static Tcp withOptions(Loop loop) {
        Tcp tcp = new Tcp(loop);
        tcp.setNoDelay(true);
        tcp.setKeepAlive(KeepAlive.ON
                .idle(Duration.ofSeconds(60))
                .interval(Duration.ofSeconds(11))
                .count(4));
        tcp.set(SocketOption.TCP_USER_TIMEOUT, Duration.ofSeconds(9));
        return tcp;
    }

    private static void assertOptions(Tcp tcp) {
        assertEquals(true, tcp.get(SocketOption.TCP_NODELAY));
        assertEquals(
                KeepAlive.ON
                        .idle(Duration.ofSeconds(60))
                        .interval(Duration.ofSeconds(11))
                        .count(4),
                tcp.keepAlive());
        assertEquals(Duration.ofSeconds(9), tcp.get(SocketOption.TCP_USER_TIMEOUT));
    }

    @Test
    @Covers("S103")
    void bindAppliesEarlierOptions(Loop loop) {
        Tcp tcp = withOptions(loop);
        tcp.bind(new SocketAddress(Local.HOST, 0));
        assertOptions(tcp);
        close(loop, tcp);
    }

    @Test
    void listenAppliesEarlierOptions(Loop loop) {
        Tcp tcp = withOptions(loop);
        tcp.listen(1, _ -> {});
        assertOptions(tcp);
        close(loop, tcp);
    }

    @Test
    void connectAppliesEarlierOptions(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Tcp tcp = withOptions(loop);
            tcp.connect(new SocketAddress(Local.HOST, server.port()), error -> {
                assertOptions(tcp);
                tcp.close();
            });
            loop.run();
        }
    }

    @Test
    void openAppliesEarlierOptions(Loop loop) {
        Tcp tcp = withOptions(loop);
        tcp.open(RawSocket.tcp().fd());
        assertOptions(tcp);
        close(loop, tcp);
    }

    @Test
    void acceptAppliesEarlierOptions(Loop loop) {
        accept(loop, withOptions(loop), (listener, client) -> {
            listener.accept(client);
            assertOptions(client);
        });
        journal.expect("accepted");
    }

    @Test
    void theLastValueOfAnEarlierOptionIsApplied(Loop loop) {
        Tcp tcp = new Tcp(loop);
        tcp.setNoDelay(true);
        tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(5)));
        tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(6)));
        tcp.setNoDelay(false);
        tcp.bind(new SocketAddress(Local.HOST, 0));
        assertEquals(false, tcp.get(SocketOption.TCP_NODELAY));
        assertEquals(Duration.ofSeconds(6), tcp.keepAlive().idle());
        close(loop, tcp);
    }

    @Test
    void anOptionThatIsSetTwiceIsAppliedAtItsLastPlace(Loop loop) {
        SocketOption<Integer> sameThing = SocketOption.ofInt("SO_KEEPALIVE", Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE);
        Tcp tcp = new Tcp(loop);
        tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(5)));
        tcp.set(sameThing, 0);
        tcp.bind(new SocketAddress(Local.HOST, 0));
        assertEquals(0, tcp.get(sameThing));
        close(loop, tcp);
        Tcp again = new Tcp(loop);
        again.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(5)));
        again.set(sameThing, 0);
        again.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(5)));
        again.bind(new SocketAddress(Local.HOST, 0));
        assertEquals(1, again.get(sameThing));
        close(loop, again);
    }

    @Test
    void anEarlyOptionOutOfRangeIsRefusedAtOnce(Loop loop) {
        Tcp tcp = new Tcp(loop);
        UsageException refused = assertThrows(
                UsageException.class, () -> tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(40_000))));
        assertEquals("EINVAL", refused.code());
        tcp.bind(new SocketAddress(Local.HOST, 0));
        assertEquals(false, tcp.keepAlive().isOn());
        close(loop, tcp);
    }

    @Test
    void theCallThatMakesTheSocketThrowsIfTheKernelRefusesAnEarlierOption(Loop loop) {
        Tcp tcp = new Tcp(loop);
        tcp.set(UNKNOWN, 1);
        SocketAddress local = new SocketAddress(Local.HOST, 0);
        SystemException refused = assertThrows(SystemException.class, () -> tcp.bind(local));
        assertEquals("setsockopt ENOPROTOOPT: protocol not available (TCP_UNKNOWN)", refused.getMessage());
        assertEquals(-1, tcp.fd(), "the handle must have no socket");
        assertThrows(SystemException.class, () -> tcp.listen(1, _ -> {}));
        assertThrows(SystemException.class, () -> tcp.connect(local, error -> journal.add("called back")));
        try (RawSocket raw = RawSocket.tcp()) {
            assertThrows(SystemException.class, () -> tcp.open(raw.fd()), "the caller still owns the descriptor");
        }
        close(loop, tcp);
        journal.expect();
    }

    @Test
    void anAcceptedConnectionIsKeptIfTheKernelRefusesAnEarlierOption(Loop loop) {
        Tcp client = new Tcp(loop);
        client.set(UNKNOWN, 1);
        client.setNoDelay(true);
        accept(loop, client, (listener, into) -> {
            SystemException refused = assertThrows(SystemException.class, () -> listener.accept(into));
            assertEquals("ENOPROTOOPT", refused.code());
            assertEquals(true, into.get(SocketOption.TCP_NODELAY), "the options behind it must be set");
            assertTrue(into.isReadable() && into.isWritable());
        });
        journal.expect("accepted");
    }

    /** Accepts one connection into {@code client}, and writes a word. */
    private void accept(Loop loop, Tcp client, BiConsumer<Tcp, Tcp> accepting) {
        Tcp listener = TcpPair.listening(loop);
        listener.listen(1, _ -> {
            accepting.accept(listener, client);
            listener.close();
            client.write(Talk.buffer("hello"), error -> client.close());
            journal.add("accepted");
        });
        try (Peer<String> peer = Peer.client(listener.localAddress().port(), Talk::allText)) {
            loop.run();
            assertEquals("hello", peer.result());
        }
    }

    private static void close(Loop loop, Tcp tcp) {
        tcp.close();
        loop.run();
    }
}
