package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import io.chagres.net.Net;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(HangGuard.class)
class IpTest {

    @ParameterizedTest
    @CsvFileSource(
            files = "src/test/resources/net/ip-literals.tsv",
            delimiter = '\t',
            numLinesToSkip = 1,
            emptyValue = "")
    @Covers({"node:test-net-isip", "node:test-net-isipv4", "node:test-net-isipv6"})
    void theLiteralsOfNodesTablesHaveTheSameVersion(int family, String text) {
        assertEquals(family, Net.isIP(text));
        assertEquals(family == 4, Net.isIPv4(text));
        assertEquals(family == 6, Net.isIPv6(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "255.255.255.255", "1.2.3.4", "192.0.2.99"})
    @Covers({"node:test-net-isip", "node:test-net-isipv4"})
    void fourDecimalNumbersAreAnIPv4Address(String text) {
        assertEquals(4, Net.isIP(text));
        assertTrue(Net.isIPv4(text));
        assertFalse(Net.isIPv6(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "...",
                "x127.0.0.1",
                "127.0.0.1x",
                "127.0.0",
                "127.0.0.1.",
                "127.0.0.1.1",
                "256.0.0.1",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.00",
                "1.2.3.-4",
                "+1.2.3.4",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1..2.3",
                "0x7f.0.0.1",
                "2130706433",
                "127.1",
                "1.2.3.4%eth0",
                "१.2.3.4",
                "1000.0.0.1",
                "1.2.3.4:80",
                "localhost"
            })
    @Covers({"node:test-net-isip", "node:test-net-isipv4"})
    void otherFormsAreNoIPv4Address(String text) {
        assertEquals(0, Net.isIP(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "1::",
                "1::8",
                "2001:db8::ff00:42:8329",
                "1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7::",
                "::2:3:4:5:6:7:8",
                "::ffff:192.0.2.128",
                "64:ff9b::192.0.2.33",
                "1:2:3:4:5:6:1.2.3.4",
                "::1.2.3.4",
                "ABCD:EF01:2345:6789:ABCD:EF01:2345:6789",
                "0:0:0:0:0:0:0:1",
                "fe80::1%eth0",
                "fe80::1%1",
                "fe80::1%eth0.0",
                "fe80::2008%eth0-1",
                "0000:0000:0000:0000:0000:0000:0000:0000",
                "::ffff:0:0"
            })
    @Covers({"node:test-net-isip", "node:test-net-isipv6"})
    void eightGroupsOrAGapAreAnIPv6Address(String text) {
        assertEquals(6, Net.isIP(text));
        assertTrue(Net.isIPv6(text));
        assertFalse(Net.isIPv4(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":",
                ":::",
                "1:",
                ":1",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "12345::",
                "g::1",
                "1.2.3.4::",
                "1:1.2.3.4::",
                "::1.2.3.4:5",
                "1.2.3.4:1::",
                "::1.2.3",
                "::256.1.1.1",
                "::1.2.3.4.5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "fe80::1%",
                "fe80::1%eth0@1",
                "%eth0",
                "::1 ",
                " ::1",
                "[::1]",
                "::1%a b",
                "::1/64",
                "::-1",
                "::+1",
                "0:0",
                "::01.2.3.4",
                "::१"
            })
    @Covers({"node:test-net-isip", "node:test-net-isipv6"})
    void malformedGroupsAreNoIPv6Address(String text) {
        assertEquals(0, Net.isIP(text));
    }

    @Test
    void nullIsNoAddress() {
        assertEquals(0, Net.isIP(null));
        assertFalse(Net.isIPv4(null));
        assertFalse(Net.isIPv6(null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "fe80::1",
                "fe80::",
                "fe80::2acf:daff:fedd:342a",
                "fe80:0:0:0:2acf:daff:fedd:342a",
                "fe80:0:0:0:2acf:daff:1.2.3.4",
                "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"
            })
    @Covers("libuv:ip6_pton")
    void aZoneDoesNotChangeTheBytes(String text) {
        byte[] ip = Ip.parse(text);
        assertEquals(16, ip.length);
        for (String zone : new String[] {"%en1", "%%%%", "%en1:1.2.3.4"}) {
            assertArrayEquals(ip, Ip.parse(text + zone));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":::1",
                "abcde::1",
                "fe80:0:0:0:2acf:daff:fedd:342a:5678",
                "fe80:0:0:0:2acf:daff:abcd:1.2.3.4",
                "fe80:0:0:2acf:daff:1.2.3.4.5",
                "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255.255"
            })
    @Covers("libuv:ip6_pton")
    void aZoneDoesNotMakeABadAddressValid(String text) {
        for (String zone : new String[] {"", "%en1", "%%%%", "%en1:1.2.3.4"}) {
            assertNull(Ip.parse(text + zone));
        }
    }

    @Test
    @Covers("libuv:ip4_addr")
    void theSmallestAndTheLargestIPv4AddressAreParsed() {
        assertEquals("255.255.255.255", Ip.format(new byte[] {-1, -1, -1, -1}));
        for (String wrong : new String[] {"255.255.255*000", "255.255.255.256", "2555.0.0.0", "255"}) {
            assertNull(Ip.parse(wrong), wrong);
        }
    }

    /** RFC 5952, section 4, and inet_ntop(3). */
    @ParameterizedTest
    @CsvSource({
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1,                    2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1,                    2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1,                      2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1,                    2001:db8::1:0:0:1",
        "2001:DB8::AAAA,                          2001:db8::aaaa",
        "0:0:0:0:0:0:0:0,                         ::",
        "0:0:0:0:0:0:0:1,                         ::1",
        "1:0:0:0:0:0:0:0,                         1::",
        "0:2:3:4:5:6:7:8,                         0:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:0,                         1:2:3:4:5:6:7:0",
        "0:0:3:4:5:6:0:0,                         ::3:4:5:6:0:0",
        "::ffff:c000:0280,                        ::ffff:192.0.2.128",
        "::fffe:c000:0280,                        ::fffe:c000:280",
        "127.0.0.1,                               127.0.0.1",
        "255.255.255.255,                         255.255.255.255"
    })
    void anIPv6AddressIsWrittenInItsShortestForm(String given, String shortest) {
        assertEquals(shortest, Ip.format(Ip.parse(given)));
    }

    @Test
    void theBytesAreThoseOfInetAddress() throws UnknownHostException {
        Random random = new Random(5952);
        for (int i = 0; i < 20_000; i++) {
            byte[] ip = sparse(random);
            String text = Ip.format(ip);
            assertEquals(6, Ip.version(text), text);
            assertArrayEquals(ip, Ip.parse(text), text);
            assertArrayEquals(ip, Inet6Address.getByAddress(null, ip, -1).getAddress());
            InetAddress java = InetAddress.getByName(text);
            assertNotNull(java);
            assertArrayEquals(java instanceof Inet6Address ? ip : java.getAddress(), lastBytes(ip, java), text);
        }
    }

    /** Returns 16 bytes with many groups of zeros, as in real addresses. */
    private static byte[] sparse(Random random) {
        byte[] ip = new byte[16];
        for (int group = 0; group < 8; group++) {
            if (random.nextInt(3) == 0) {
                ip[2 * group] = (byte) random.nextInt(random.nextBoolean() ? 1 : 256);
                ip[2 * group + 1] = (byte) random.nextInt(256);
            }
        }
        return ip;
    }

    /** Java turns a mapped address into an IPv4 address. */
    private static byte[] lastBytes(byte[] ip, InetAddress java) {
        return java.getAddress().length == 16 ? ip : Arrays.copyOfRange(ip, 12, 16);
    }
}
