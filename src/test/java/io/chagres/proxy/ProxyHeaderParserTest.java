package io.chagres.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.HangGuard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers as other programs have sent them, in all pieces, and headers that the specification forbids. */
@ExtendWith(HangGuard.class)
class ProxyHeaderParserTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    /** Sent by HAProxy 2.6.12 for a client at 127.0.0.5: send-proxy-v2. */
    private static final String HAPROXY = SIGNATURE + "2111000c7f0000057f000001c043558d";

    /** Sent by HAProxy 2.6.12: proxy-v2-options crc32c,unique-id,authority. */
    private static final String HAPROXY_OPTIONS = SIGNATURE + "211100317f0000017f000001c9b4558e"
            + "0300041f53242302000b6578616d706c652e6f726705000d37463030303030313a43394234";

    /** Sent by HAProxy 2.6.12: send-proxy-v2-ssl-cn with crc32c. */
    private static final String HAPROXY_SSL =
            SIGNATURE + "211100257f0000017f000001dd94558f03000420e8ad0120000f0100000000210007544c5376312e33";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static ProxyHeader parse(byte[] header) {
        return new ProxyHeaderParser().parse(ByteBuffer.wrap(header));
    }

    private static String codeOf(byte[] header) {
        return assertThrows(ChagresException.class, () -> parse(header)).code();
    }

    static Stream<byte[]> goodHeaders() {
        return Stream.of(
                bytes("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n"),
                bytes("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
                bytes("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                        + " 65535 65535\r\n"),
                bytes("PROXY TCP6 2001:DB8::1 ::ffff:1.2.3.4 0 1\r\n"),
                bytes("PROXY TCP6 :: ::1 0 0\r\n"),
                bytes("PROXY UNKNOWN\r\n"),
                bytes("PROXY UNKNOWN any \r thing\n\r\n"),
                bytes("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                        + " 65535 65535\r\n"),
                bytes("PROXY TCP4 127.0.0.5 127.0.0.1 45088 37899\r\n"), // curl 7.88 --haproxy-protocol
                hex(HAPROXY),
                hex(HAPROXY_OPTIONS),
                hex(HAPROXY_SSL),
                hex(SIGNATURE + "20000000"),
                hex(SIGNATURE + "20110003010203"), // LOCAL with a block that must be skipped
                hex(SIGNATURE + "210000020102"),
                hex(SIGNATURE + "21100003010203"),
                hex(SIGNATURE + "2112000c7f0000057f000001c043558d"),
                ProxyHeader.ofPaths("/a", "/b").encodeV2().array());
    }

    @ParameterizedTest
    @MethodSource("goodHeaders")
    void aHeaderIsTheSameInAllPieces(byte[] good) {
        ProxyHeader whole = parse(good);
        assertNotNull(whole);
        for (int split = 1; split < good.length; split++) {
            ProxyHeaderParser parser = new ProxyHeaderParser();
            assertNull(parser.parse(ByteBuffer.wrap(good, 0, split)), "after " + split);
            assertEquals(whole, parser.parse(ByteBuffer.wrap(good, split, good.length - split)));
        }
        ProxyHeaderParser byteByByte = new ProxyHeaderParser();
        for (int i = 0; i < good.length - 1; i++) {
            assertNull(byteByByte.parse(ByteBuffer.wrap(good, i, 1)));
        }
        assertEquals(whole, byteByByte.parse(ByteBuffer.wrap(good, good.length - 1, 1)));
    }

    @ParameterizedTest
    @MethodSource("goodHeaders")
    void theBytesBehindAHeaderStayInTheBuffer(byte[] good) {
        ByteBuffer data = ByteBuffer.allocate(good.length + 5).put(good).put(bytes("hello"));
        assertNotNull(new ProxyHeaderParser().parse(data.flip()));
        assertEquals("hello", StandardCharsets.ISO_8859_1.decode(data).toString());
    }

    /** A caller that reads what is missing reads no byte behind the header, in few steps. */
    @ParameterizedTest
    @MethodSource("goodHeaders")
    void theMissingBytesAreNeverMoreThanTheHeaderHas(byte[] good) {
        ProxyHeaderParser parser = new ProxyHeaderParser();
        int at = 0;
        int steps = 0;
        while (at < good.length) {
            int missing = parser.missing();
            assertTrue(missing > 0 && at + missing <= good.length, missing + " at " + at);
            parser.parse(ByteBuffer.wrap(good, at, missing));
            at += missing;
            steps++;
        }
        assertEquals(0, parser.missing());
        assertTrue(steps < 50, steps + " steps");
    }

    @Test
    void theAddressesAreThoseOfHaproxysClient() {
        ProxyHeader header = parse(hex(HAPROXY));
        assertEquals(new SocketAddress("127.0.0.5", 49219), header.source());
        assertEquals(new SocketAddress("127.0.0.1", 21901), header.destination());
        assertEquals(header, parse(header.encodeV2().array()));
        assertEquals(HAPROXY, HexFormat.of().formatHex(header.encodeV2().array()));
    }

    @Test
    void theValuesAreThoseOfHaproxy() {
        ProxyHeader header = parse(hex(HAPROXY_OPTIONS));
        assertEquals("example.org", header.authority());
        assertEquals("7F000001:C9B4", header.tlv(Tlv.UNIQUE_ID).text());
        ProxyHeader ssl = parse(hex(HAPROXY_SSL));
        assertEquals("TLSv1.3", ssl.ssl().version());
        assertFalse(ssl.ssl().hasCertificate());
    }

    /** The checksum that we write for the same header is that of HAProxy. */
    @Test
    void theChecksumIsThatOfHaproxy() {
        ProxyHeader received = parse(hex(HAPROXY_OPTIONS));
        ProxyHeader made = ProxyHeader.of(received.source(), received.destination())
                .withChecksum()
                .withTlv(Tlv.authority("example.org"))
                .withTlv(Tlv.uniqueId(bytes("7F000001:C9B4")));
        assertEquals(HAPROXY_OPTIONS, HexFormat.of().formatHex(made.encodeV2().array()));
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 16, 24, 33, 45, 60})
    void aBitThatHasChangedFailsTheChecksum(int at) {
        byte[] header = hex(HAPROXY_OPTIONS);
        header[at] ^= 0x40;
        assertEquals("ERR_PROXY_HEADER_MALFORMED", codeOf(header));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 192.168.0.01 192.168.0.11 56324 443\r\n",
                "PROXY TCP4 192.168.0.256 192.168.0.11 56324 443\r\n",
                "PROXY TCP4 192.168.1 192.168.0.11 56324 443\r\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11 056324 443\r\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11 65536 443\r\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11 -1 443\r\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11 +1 443\r\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11 00 443\r\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11  443\r\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11 1 443 \r\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11 1\r\n",
                "PROXY TCP4 192.168.0.1  192.168.0.11 1 443\r\n",
                "PROXY  TCP4 192.168.0.1 192.168.0.11 1 443\r\n",
                "PROXY\tTCP4 192.168.0.1 192.168.0.11 1 443\r\n",
                "PROXY tcp4 192.168.0.1 192.168.0.11 1 443\r\n",
                "PROXY UDP4 192.168.0.1 192.168.0.11 1 443\r\n",
                "PROXY TCP4 ::1 ::2 1 443\r\n",
                "PROXY TCP6 1.2.3.4 1.2.3.4 1 443\r\n",
                "PROXY TCP6 fe80::1%lo ::1 1 443\r\n",
                "PROXY TCP6 1::2::3 ::1 1 443\r\n",
                "PROXY TCP6 [::1] ::1 1 443\r\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11 1 443\n",
                "PROXY TCP4 192.168.0.1 192.168.0.11 1 443\r\r",
                "PROXY TCP4 192.168.0.1 192.168.0.11 1 443\rX",
                "PROXY UNKNOWNS\r\n",
                "PROXY unknown\r\n",
                "PROXY \r\n",
                "PROXY\r\n",
                "PROXYTCP4 192.168.0.1 192.168.0.11 1 443\r\n"
            })
    void aLineThatTheSpecificationForbidsIsRefused(String line) {
        assertEquals("ERR_PROXY_HEADER_MALFORMED", codeOf(bytes(line)));
    }

    @Test
    void aLineWithoutCrlfIn107BytesIsRefused() {
        byte[] long107 = bytes("PROXY UNKNOWN " + "x".repeat(92) + "\r");
        assertEquals(107, long107.length);
        assertEquals("ERR_PROXY_HEADER_MALFORMED", codeOf(long107));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"proxy TCP4 ", "GET / HTTP/1.1\r\n", "P ", "PROX\r", "\r\n\r\n\r", "\0", "\r\n\r\n\0\r\nQUIT\r"})
    void otherBytesAreNoHeader(String text) {
        assertEquals("ERR_PROXY_HEADER_MISSING", codeOf(bytes(text)));
    }

    @ParameterizedTest
    @CsvSource({
        "10000000, version 1",
        "31000000, version 3",
        "22000000, command 2",
        "2f000000, command 15",
        "21410000, family 4",
        "21130000, 'family 1, protocol 3'",
        "2111000b, a length of 11 bytes",
        "21210023, a length of 35 bytes",
        "213100d7, a length of 215 bytes",
        "2111000e7f0000057f000001c043558d0400, 2 bytes behind the last TLV",
        "2111000f7f0000057f000001c043558d040001, a TLV of 1 bytes with 0 bytes left",
        "211100127f0000057f000001c043558d030003010203, type 3",
        "211100137f0000057f000001c043558d20000401000000, an SSL TLV with 4 bytes",
        "211100187f0000057f000001c043558d2000090100000000210009ff, a TLV of 9 bytes",
        "20000007030004deadbeef, checksum",
    })
    void aBinaryHeaderThatTheSpecificationForbidsIsRefused(String rest, String reason) {
        ChagresException refused = assertThrows(ChagresException.class, () -> parse(hex(SIGNATURE + rest)));
        assertEquals("ERR_PROXY_HEADER_MALFORMED", refused.code());
        assertTrue(refused.getMessage().contains(reason), refused.getMessage());
    }

    @Test
    void twoChecksumsAreRefused() {
        ProxyHeader header = ProxyHeader.of(new SocketAddress("::1", 1), new SocketAddress("::1", 2))
                .withChecksum()
                .withTlv(Tlv.of(Tlv.CRC32C, new byte[4]));
        assertEquals("ERR_PROXY_HEADER_MALFORMED", codeOf(header.encodeV2().array()));
    }

    /** The length is refused as soon as it is known: no memory is taken for the rest. */
    @Test
    void aLengthAboveTheMaximumIsRefusedAtThe16thByte() {
        assertEquals("ERR_PROXY_HEADER_TOO_LONG", codeOf(hex(SIGNATURE + "21110ff1")));
        assertNull(parse(hex(SIGNATURE + "21110ff0")));
        ProxyHeaderParser large = new ProxyHeaderParser(ProxyHeaderParser.MAX_MAX_LENGTH);
        assertNull(large.parse(ByteBuffer.wrap(hex(SIGNATURE + "2111ffff"))));
        assertEquals(0xffff, large.missing());
        assertThrows(UsageException.class, () -> new ProxyHeaderParser(231));
        assertThrows(UsageException.class, () -> new ProxyHeaderParser(65_552));
    }

    @Test
    void aFailedParserThrowsTheSameErrorAgain() {
        ProxyHeaderParser parser = new ProxyHeaderParser();
        ChagresException first =
                assertThrows(ChagresException.class, () -> parser.parse(ByteBuffer.wrap(bytes("PROXY x\n"))));
        assertTrue(parser.isRecognized());
        assertSame(first, assertThrows(ChagresException.class, () -> parser.parse(ByteBuffer.allocate(1))));
        assertEquals("PROXY x\n", new String(parser.takenBytes(), StandardCharsets.ISO_8859_1));
    }

    @Test
    void aParserParsesOneHeader() {
        ProxyHeaderParser parser = new ProxyHeaderParser();
        assertNotNull(parser.parse(ByteBuffer.wrap(bytes("PROXY UNKNOWN\r\n"))));
        assertThrows(UsageException.class, () -> parser.parse(ByteBuffer.allocate(1)));
    }

    /** 20,000 headers with changed bytes: each is parsed, incomplete or refused, and nothing else happens. */
    @Test
    void randomChangesAreParsedOrRefused() {
        byte[][] good = goodHeaders().toArray(byte[][]::new);
        Random random = new Random(20_240_601);
        int parsed = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutant = good[random.nextInt(good.length)].clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
            }
            try {
                ProxyHeader header = parse(mutant);
                parsed += header == null ? 0 : 1;
            } catch (ChagresException expected) {
                refused++;
            }
        }
        assertTrue(parsed > 1_000 && refused > 5_000, parsed + " parsed, " + refused + " refused");
    }
}
