package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.Test;

/** Addresses of both ends of a TCP socket. */
@ConnectionTest
class TcpAddressTest {

    @Test
    @Covers({"libuv:getsockname_tcp", "S1", "S2"})
    void listenerClientAndAcceptedConnectionKnowTheirAddresses(Loop loop) {
        Tcp listener = TcpPair.listening(loop);
        SocketAddress address = listener.localAddress();
        Tcp accepted = new Tcp(loop);
        Tcp client = new Tcp(loop);
        listener.listen(1, _ -> {
            assertNotConnected(listener);
            assertEquals(address, listener.localAddress());
            listener.accept(accepted);
            assertEquals(address, accepted.localAddress());
            assertEquals(client.localAddress(), accepted.remoteAddress());
            listener.close();
        });
        client.connect(address, error -> assertEquals(address, client.remoteAddress()));
        assertTrue(client.localAddress().port() > 0, "the kernel has chosen a port already");
        loop.run();
        accepted.close();
        client.close();
        loop.run();
    }

    @Test
    void aSocketBoundToAnIPv6AddressReturnsItInShortForm(Loop loop) {
        Tcp tcp = new Tcp(loop);
        tcp.bind(new SocketAddress("0:0:0:0:0:0:0:1", 0));
        assertEquals("::1", tcp.localAddress().address());
        assertEquals("IPv6", tcp.localAddress().family());
        tcp.close();
        loop.run();
    }

    private static void assertNotConnected(Tcp tcp) {
        assertEquals(
                "ENOTCONN",
                assertThrows(SystemException.class, tcp::remoteAddress).code());
    }
}
