package io.chagres.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.HangGuard;
import io.chagres.proxy.ProxyHeader.Command;
import io.chagres.proxy.ProxyHeader.Transport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A header as a value: made, written and compared. */
@ExtendWith(HangGuard.class)
class ProxyHeaderTest {

    private static final SocketAddress CLIENT = new SocketAddress("192.168.0.1", 56324);
    private static final SocketAddress SERVER = new SocketAddress("192.168.0.11", 443);

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    private static String hex(ByteBuffer bytes) {
        return HexFormat.of().formatHex(bytes.array(), bytes.position(), bytes.limit());
    }

    /** The line of the specification, section 2.1. */
    @Test
    void aTcp4HeaderIsTheLineOfTheSpecification() {
        assertEquals(
                "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n",
                text(ProxyHeader.of(CLIENT, SERVER).encodeV1()));
    }

    @Test
    void aTcp4HeaderHas28BytesInVersion2() {
        assertEquals(
                "0d0a0d0a000d0a515549540a" + "21" + "11" + "000c" + "c0a80001" + "c0a8000b" + "dc04" + "01bb",
                hex(ProxyHeader.of(CLIENT, SERVER).encodeV2()));
    }

    @Test
    void theVersionSaysHowItIsEncoded() {
        ProxyHeader header = ProxyHeader.of(CLIENT, SERVER);
        assertEquals(2, header.version());
        assertEquals(header.encodeV2(), header.encode());
        assertEquals(header.encodeV1(), header.withVersion(1).encode());
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1,          ::ffff:10.0.0.1,    TCP4, 192.0.2.1,         10.0.0.1",
        "::ffff:192.0.2.1,   ::ffff:10.0.0.1,    TCP4, 192.0.2.1,         10.0.0.1",
        "192.0.2.1,          2001:db8::1,        TCP6, ::ffff:192.0.2.1,  2001:db8::1",
        "2001:db8::2,        10.0.0.1,           TCP6, 2001:db8::2,       ::ffff:10.0.0.1",
        "fe80::1%lo,         2001:db8::1,        TCP6, fe80::1,           2001:db8::1",
    })
    void bothAddressesAreOfOneFamily(String from, String to, Transport transport, String source, String destination) {
        ProxyHeader header = ProxyHeader.of(new SocketAddress(from, 1), new SocketAddress(to, 2));
        assertEquals(transport, header.transport());
        assertEquals(source, header.source().address());
        assertEquals(destination, header.destination().address());
        assertEquals("PROXY " + transport + " " + source + " " + destination + " 1 2\r\n", text(header.encodeV1()));
    }

    @Test
    void aLocalHeaderHasNoAddresses() {
        ProxyHeader header = ProxyHeader.local();
        assertEquals(Command.LOCAL, header.command());
        assertFalse(header.namesClient());
        assertNull(header.source());
        assertEquals("PROXY UNKNOWN\r\n", text(header.encodeV1()));
        assertEquals("0d0a0d0a000d0a515549540a20000000", hex(header.encodeV2()));
    }

    @Test
    void aHeaderOfAUnixSocketHasTwoPathsOf108Bytes() {
        ProxyHeader header = ProxyHeader.ofPaths("", "/run/app");
        assertEquals("PROXY UNKNOWN\r\n", text(header.encodeV1()));
        ByteBuffer bytes = header.encodeV2();
        assertEquals(16 + 216, bytes.remaining());
        assertEquals(header, new ProxyHeaderParser().parse(bytes));
        assertTrue(header.namesClient());
    }

    @Test
    void anAbstractNameKeepsItsNul() {
        ProxyHeader header = ProxyHeader.ofPaths("\0client", "\0app");
        assertEquals(header, new ProxyHeaderParser().parse(header.encodeV2()));
        assertEquals("ProxyHeader (version 2, UNIX_STREAM, '@client' -> '@app')", header.toString());
    }

    @Test
    void itsValuesAreFoundByTheirTypes() {
        SslTlv ssl = SslTlv.of(3, 0, Tlv.of(SslTlv.VERSION, "TLSv1.3"), Tlv.of(SslTlv.COMMON_NAME, "someone"));
        ProxyHeader header = ProxyHeader.of(CLIENT, SERVER)
                .withTlv(Tlv.alpn("h2"))
                .withTlv(Tlv.authority("example.org"))
                .withTlv(Tlv.uniqueId(new byte[] {1, 2}))
                .withTlv(ssl.toTlv());
        ProxyHeader received = new ProxyHeaderParser().parse(header.encodeV2());
        assertEquals(header, received);
        assertEquals(header.hashCode(), received.hashCode());
        assertEquals("h2", received.alpn());
        assertEquals("example.org", received.authority());
        assertArrayEquals(new byte[] {1, 2}, received.uniqueId());
        assertEquals(ssl, received.ssl());
        assertTrue(received.ssl().isTls() && received.ssl().isVerified());
        assertEquals("TLSv1.3", received.ssl().version());
        assertEquals("SslTlv (TLSv1.3, verified CN someone)", received.ssl().toString());
        assertNull(received.tlv(Tlv.NETNS));
        assertEquals(
                "ProxyHeader (version 2, TCP4, 192.168.0.1:56324 -> 192.168.0.11:443, ALPN h2, AUTHORITY example.org,"
                        + " UNIQUE_ID (2 bytes), SSL (25 bytes))",
                received.toString());
    }

    @Test
    void headersThatDifferInOnePartAreNotEqual() {
        ProxyHeader header = ProxyHeader.of(CLIENT, SERVER);
        assertEquals(header, ProxyHeader.of(CLIENT, SERVER));
        assertNotEquals(header, header.withVersion(1));
        assertNotEquals(header, header.withChecksum());
        assertNotEquals(header, ProxyHeader.of(SERVER, CLIENT));
    }

    @Test
    void controlCharactersOfASenderAreNotPrinted() {
        assertEquals("AUTHORITY a?b?", Tlv.authority("a\nb\u001b").toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 256})
    void aTypeHasOneByte(int type) {
        assertEquals(
                "ERR_OUT_OF_RANGE",
                assertThrows(UsageException.class, () -> Tlv.of(type, "")).code());
    }

    @Test
    void valuesThatNoReceiverWouldAcceptAreRefused() {
        assertThrows(UsageException.class, () -> Tlv.uniqueId(new byte[129]));
        assertThrows(UsageException.class, () -> Tlv.of(Tlv.CRC32C, new byte[3]));
        assertThrows(UsageException.class, () -> Tlv.of(Tlv.NOOP, new byte[65_536]));
        assertThrows(UsageException.class, () -> ProxyHeader.ofPaths("x".repeat(109), ""));
        assertThrows(UsageException.class, () -> ProxyHeader.local().withVersion(3));
        assertThrows(UsageException.class, () -> ProxyHeader.of(null, SERVER));
        ProxyHeader long1 = ProxyHeader.local().withTlv(Tlv.of(Tlv.NOOP, new byte[65_000]));
        assertThrows(
                UsageException.class,
                () -> long1.withTlv(Tlv.of(Tlv.NOOP, new byte[600])).encodeV2());
    }
}
