package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.ChagresException;
import io.chagres.address.Family;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Descriptor;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Handle;
import io.chagres.loop.Loop;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** Handles that have a socket from the start, and descriptors that a TCP handle can't open. */
@ConnectionTest
class TcpFamilyTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("libuv:tcp_create_early")
    void aHandleWithAFamilyHasASocketAtOnce(Loop loop) {
        Tcp tcp = new Tcp(loop, Family.IPV4);
        assertTrue(tcp.fd() >= 0);
        assertEquals(new SocketAddress("0.0.0.0", 0), tcp.localAddress());
        tcp.bind(new SocketAddress(Local.HOST, 0));
        assertEquals(Local.HOST, tcp.localAddress().address());
        assertTrue(tcp.localAddress().port() > 0);
        close(loop, tcp);
    }

    @Test
    @Covers("libuv:tcp_create_early_bad_bind")
    void bindToAnAddressOfTheOtherFamilyIsRefused(Loop loop) {
        Tcp tcp = new Tcp(loop, Family.IPV6);
        assertEquals("IPv6", tcp.localAddress().family());
        assertCode("EINVAL", () -> tcp.bind(new SocketAddress(Local.HOST, 0)));
        close(loop, tcp);
    }

    @Test
    void aNullFamilyIsRefusedAndLeavesNoHandle(Loop loop) {
        assertCode("EINVAL", () -> new Tcp(loop, null));
        loop.run();
        Handle.walk(loop, handle -> journal.add("left over: " + handle));
        journal.expect();
    }

    @Test
    @Covers("libuv:tcp_create_early_accept")
    void aConnectionIsNotAcceptedIntoAHandleThatHasASocket(Loop loop) {
        Tcp listener = TcpPair.listening(loop);
        Tcp early = new Tcp(loop, Family.IPV4);
        listener.listen(1, _ -> {
            assertCode("EBUSY", () -> listener.accept(early));
            early.close();
            listener.close();
            journal.add("refused");
        });
        try (Peer<String> client = Peer.client(listener.localAddress().port(), Talk::ending)) {
            loop.run();
            assertTrue(client.result().matches("end|reset"), "the connection must be closed");
        }
        journal.expect("refused");
    }

    @Test
    @Covers("libuv:tcp_connect6_link_local")
    void aLinkLocalAddressGetsAZone(Loop loop) throws SocketException {
        assumeTrue(
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .anyMatch(ip -> ip instanceof Inet6Address && ip.isLinkLocalAddress()),
                "no link-local address here");
        Tcp tcp = new Tcp(loop);
        tcp.connect(new SocketAddress("fe80::0bad:babe", 1337), error -> journal.add(error.code()));
        SocketAddress local = tcp.localAddress();
        assertTrue(local.address().matches("fe80:.*%.+"), local::toString);
        close(loop, tcp);
        journal.expect("ECANCELED");
        Tcp other = new Tcp(loop);
        other.bind(new SocketAddress(local.address(), 0));
        assertEquals(local.address(), other.localAddress().address(), "the kernel must return the zone that it got");
        close(loop, other);
    }

    @Test
    void openNamesTheKindOfADescriptorThatIsNoStreamSocket(Loop loop) {
        Tcp tcp = new Tcp(loop);
        Descriptor[] pipe = Descriptor.pipe();
        try (Descriptor event = Descriptor.event(0);
                Descriptor file = Descriptor.file("/dev/null");
                Descriptor in = pipe[0];
                Descriptor out = pipe[1]) {
            assertRefused(tcp, event, "UNKNOWN");
            assertRefused(tcp, file, "FILE");
            assertRefused(tcp, in, "PIPE");
            assertRefused(tcp, out, "PIPE");
        }
        close(loop, tcp);
    }

    private static void assertRefused(Tcp tcp, Descriptor descriptor, String kind) {
        ChagresException refused = assertThrows(ChagresException.class, () -> tcp.open(descriptor.fd()));
        assertEquals("EINVAL", refused.code());
        assertEquals("descriptor " + descriptor.fd() + " is no TCP socket: " + kind, refused.getMessage());
        assertEquals(-1, tcp.fd());
    }

    @Test
    void anEndOfASocketPairIsOpenedAndHasNoIpAddress(Loop loop) {
        Descriptor[] two = Descriptor.socketPair();
        try (Descriptor other = two[1]) {
            Tcp tcp = new Tcp(loop);
            tcp.open(two[0].fd());
            assertCode("EAFNOSUPPORT", tcp::localAddress);
            close(loop, tcp);
        }
    }

    private static void close(Loop loop, Tcp tcp) {
        tcp.close();
        loop.run();
    }

    private static void assertCode(String code, Runnable call) {
        assertEquals(code, assertThrows(ChagresException.class, call::run).code());
    }
}
