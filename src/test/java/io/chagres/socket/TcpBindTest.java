package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Binds and listens of TCP handles, and their errors. */
@ConnectionTest
class TcpBindTest {

    private final Journal journal = new Journal();
    private Tcp tcp;

    @BeforeEach
    void create(Loop loop) {
        tcp = new Tcp(loop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0.0.0.0", "::"})
    @Covers({"libuv:tcp_bind_localhost_ok", "libuv:tcp_bind6_localhost_ok", "S82"})
    void anAddressOfThisMachineIsBound(String address, Loop loop) {
        tcp.bind(new SocketAddress(address, 0));
        assertEquals(address, tcp.localAddress().address());
        assertTrue(tcp.localAddress().port() > 0);
        close(loop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    @Covers({"libuv:tcp_bind_error_addrinuse_listen", "libuv:tcp_bind6_error_addrinuse", "S83"})
    void listenThrowsTheEaddrinuseOfBind(String address, Loop loop) throws IOException {
        try (ServerSocket other = Peer.listener(address, 0)) {
            tcp.bind(new SocketAddress(address, other.getLocalPort()));
            assertCode("EADDRINUSE", () -> tcp.listen(128, _ -> {}));
            assertFalse(tcp.isActive());
            close(loop);
        }
    }

    @Test
    @Covers({"libuv:tcp_bind_error_addrinuse_connect", "S83"})
    void localAddressAndConnectReportTheEaddrinuseOfBind(Loop loop) throws IOException {
        try (ServerSocket other = Peer.listener(Local.HOST, 0)) {
            tcp.bind(new SocketAddress(Local.HOST, other.getLocalPort()));
            tcp.connect(new SocketAddress(Local.HOST, other.getLocalPort()), error -> journal.add(error.code()));
            assertCode("EADDRINUSE", tcp::localAddress);
            journal.expect();
            loop.run();
            journal.expect("EADDRINUSE");
            close(loop);
        }
    }

    @Test
    void aBindToAFreeAddressClearsTheEaddrinuseOfAnEarlierBind(Loop loop) throws IOException {
        try (ServerSocket other = Peer.listener(Local.HOST, 0)) {
            tcp.bind(new SocketAddress(Local.HOST, other.getLocalPort()));
            tcp.bind(new SocketAddress(Local.HOST, 0));
            assertTrue(tcp.localAddress().port() > 0);
            tcp.listen(128, _ -> {});
            assertTrue(tcp.isActive());
            close(loop);
        }
    }

    @ParameterizedTest
    @CsvSource({"4.4.4.4", "2001:db8::1"})
    @Covers({"libuv:tcp_bind_error_addrnotavail_2", "libuv:tcp_bind6_error_addrnotavail"})
    void bindToAForeignAddressThrowsEaddrnotavail(String address, Loop loop) {
        assertCode("EADDRNOTAVAIL", () -> tcp.bind(new SocketAddress(address, 0)));
        close(loop);
    }

    @Test
    @Covers("libuv:tcp_bind_error_addrnotavail_1")
    void bindToABroadcastAddressSucceedsOrThrowsEaddrnotavail(Loop loop) {
        try {
            tcp.bind(new SocketAddress("127.255.255.255", 0));
        } catch (SystemException refused) {
            assertEquals("EADDRNOTAVAIL", refused.code());
        }
        close(loop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    @Covers({"libuv:tcp_bind_error_inval", "libuv:tcp_bind6_error_inval", "node:test-tcp-wrap"})
    void aSecondBindOfATcpHandleThrowsEinval(String address, Loop loop) {
        tcp.bind(new SocketAddress(address, 0));
        SocketAddress first = tcp.localAddress();
        assertCode("EINVAL", () -> tcp.bind(new SocketAddress(address, 0)));
        assertCode("EINVAL", () -> tcp.bind(first));
        assertEquals(first, tcp.localAddress());
        close(loop);
    }

    @Test
    @Covers({"libuv:tcp_bind_error_fault", "libuv:tcp_bind6_error_fault"})
    void bindWithoutAnAddressThrowsEinval(Loop loop) {
        assertCode("EINVAL", () -> tcp.bind(null));
        assertEquals(-1, tcp.fd());
        close(loop);
    }

    @Test
    @Covers("libuv:tcp_bind_invalid_flags")
    void ipv6OnlyNeedsAnIPv6Address(Loop loop) {
        assertCode("EINVAL", () -> tcp.bind(new SocketAddress("0.0.0.0", 0), true));
        close(loop);
    }

    @Test
    @Covers("libuv:tcp_bind_writable_flags")
    void aListenerCanNeitherBeReadNorWritten(Loop loop) {
        tcp.bind(new SocketAddress(Local.HOST, 0));
        tcp.listen(128, _ -> {});
        assertFalse(tcp.isReadable());
        assertFalse(tcp.isWritable());
        assertCode("EPIPE", () -> tcp.write(Talk.buffer("PING"), error -> {}));
        assertCode("EPIPE", () -> tcp.tryWrite(Talk.buffer("PING")));
        assertCode("ENOTCONN", () -> tcp.shutdown(error -> {}));
        assertCode("ENOTCONN", () -> tcp.readStart(TcpPair.reader(bytes -> {}, () -> {})));
        close(loop);
    }

    @Test
    @Covers("libuv:tcp_bind_or_listen_error_after_close")
    void aClosedTcpHandleCannotBindOrListen(Loop loop) {
        close(loop);
        assertCode("EINVAL", () -> tcp.bind(new SocketAddress(Local.HOST, 0)));
        assertCode("EINVAL", () -> tcp.listen(5, _ -> {}));
        assertEquals(-1, tcp.fd());
    }

    @Test
    @Covers("libuv:tcp_listen_without_bind")
    void listenOfAnUnboundHandleTakesAFreePort(Loop loop) {
        tcp.listen(128, _ -> {});
        assertEquals("0.0.0.0", tcp.localAddress().address());
        assertTrue(tcp.localAddress().port() > 0);
        close(loop);
    }

    @Test
    @Covers({"libuv:handle_fileno", "S14"})
    void aTcpHandleMakesItsDescriptorWhenItIsFirstNeeded(Loop loop) {
        assertEquals(-1, tcp.fd());
        assertCode("EBADF", tcp::localAddress);
        assertCode("EBADF", tcp::remoteAddress);
        tcp.bind(new SocketAddress(Local.HOST, 0));
        assertTrue(tcp.fd() >= 0);
        tcp.close();
        assertEquals(-1, tcp.fd());
        assertCode("EBADF", tcp::localAddress);
        close(loop);
    }

    @Test
    @Covers({"libuv:tcp_flags"})
    void optionsMayBeSetBeforeAndAfterThereIsASocket(Loop loop) {
        tcp.setNoDelay(true);
        tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(60)));
        tcp.bind(new SocketAddress(Local.HOST, 0));
        tcp.setNoDelay(false);
        tcp.setKeepAlive(KeepAlive.OFF);
        tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(32767)));
        assertCode("EINVAL", () -> tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(-1))));
        assertCode("EINVAL", () -> tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(32768))));
        close(loop);
        assertCode("EINVAL", () -> tcp.setNoDelay(true));
        assertCode("EINVAL", () -> tcp.setKeepAlive(KeepAlive.ON.idle(Duration.ofSeconds(1))));
    }

    private void close(Loop loop) {
        tcp.close();
        loop.run();
    }

    private static void assertCode(String code, Executable call) {
        ChagresException refused = assertThrows(ChagresException.class, call);
        assertEquals(code, refused.code());
        assertTrue(refused instanceof UsageException || refused instanceof SystemException);
    }
}
