package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import io.chagres.sys.Memory;
import io.chagres.sys.SockAddr;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(HangGuard.class)
class SocketAddressTest {

    @ParameterizedTest
    @CsvSource({"127.0.0.1, IPv4, 127.0.0.1:80", "::1, IPv6, [::1]:80", "fe80::1%1, IPv6, [fe80::1%1]:80"})
    void anAddressHasAFamilyAndAText(String address, String family, String text) {
        SocketAddress it = new SocketAddress(address, 80);
        assertEquals(family, it.family());
        assertEquals(text, it.toString());
    }

    @Test
    void theSameAddressInAnotherTextIsEqual() {
        SocketAddress shortest = new SocketAddress("2001:db8::1", 80);
        SocketAddress longest = new SocketAddress("2001:0DB8:0:0:0:0:0:0001", 80);
        assertEquals(shortest, longest);
        assertEquals(shortest.hashCode(), longest.hashCode());
        assertEquals("2001:db8::1", longest.address());
        assertEquals("fe80::1%eth0", new SocketAddress("FE80:0::1%eth0", 80).address());
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"localhost", "256.1.1.1", "1.2.3", "::1::", "fe80::1%"})
    void aTextThatIsNoAddressIsRefused(String text) {
        UsageException refused = assertThrows(UsageException.class, () -> new SocketAddress(text, 80));
        assertEquals("ERR_INVALID_ADDRESS", refused.code());
        assertEquals("Invalid IP address: " + text, refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void aPortOutOfRangeIsRefused(int port) {
        UsageException refused = assertThrows(UsageException.class, () -> new SocketAddress("::1", port));
        assertEquals("ERR_SOCKET_BAD_PORT", refused.code());
        assertEquals("port should be >= 0 and < 65536. Received " + port + ".", refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, 1.2.3.4, 0",
        "192.168.257:1, 192.168.1.1, 1",
        "256, 0.0.1.0, 0",
        "999999999:12, 59.154.201.255, 12",
        "0xffffffff, 255.255.255.255, 0",
        "0x.0x.0, 0.0.0.0, 0",
        "0X7f.1, 127.0.0.1, 0",
        "010.0.0.011, 8.0.0.9, 0",
        "127.0.0.1:80, 127.0.0.1, 80",
        "127.0.0.1:65535, 127.0.0.1, 65535",
        "1.2.3.4:00080, 1.2.3.4, 80",
        "[1:0::], 1::, 0",
        "[1::8]:123, 1::8, 123",
        "[::1]:443, ::1, 443",
        "[fe80::1%eth0]:1, fe80::1%eth0, 1",
        "user:80@1.2.3.4, 1.2.3.4, 0",
        "user:80@1.2.3.4:123, 1.2.3.4, 123",
        "user:80@[::1], ::1, 0",
        "user:80@[::1]:80, ::1, 80",
        "a@b@1.2.3.4, 1.2.3.4, 0"
    })
    @Covers("node:test-socketaddress")
    void parseAcceptsAnAddressWithOrWithoutAPort(String text, String address, int port) {
        assertEquals(new SocketAddress(address, port), SocketAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not an ip",
                "abc.123",
                "259.1.1.1",
                "12:12:12",
                "1.2.3.4.5",
                "1..2",
                "1.2.3.",
                "08",
                "0xg",
                "4294967296",
                "1.16777216",
                "1.2.3.4:",
                "1.2.3.4:65536",
                "1.2.3.4:-1",
                "1.2.3.4:8 0",
                "1.2.3.4:123456",
                "::1",
                "[::1",
                "[]",
                "[1.2.3.4]",
                "[::1]80",
                "[::1]]",
                "::1]:80",
                ":80",
                "@",
                "1.2.3.4@",
                "१.2.3.4",
                "-1.2.3.4",
                "99999999999999999999",
                "0x100000000000000000"
            })
    @Covers("node:test-socketaddress")
    void parseReturnsNullForOtherText(String text) {
        assertNull(SocketAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:80", "[::1]:0", "[fe80::1%1]:443", "0.0.0.0:65535"})
    void parseReadsWhatToStringWrites(String text) {
        assertEquals(text, SocketAddress.parse(text).toString());
    }

    @Test
    @Covers({"libuv:ip4_addr", "libuv:ip_name"})
    void anAddressIsWrittenToASockaddrAndReadBack() {
        MemorySegment memory = Memory.allocate(SockAddr.SIZE);
        for (String text :
                new String[] {"192.168.0.1", "255.255.255.255", "0.0.0.0", "fe80::2acf:daff:fedd:342a", "::"}) {
            SocketAddress address = new SocketAddress(text, 9123);
            int length = SockAddr.putIp(memory, address.ip(), address.port(), address.scopeId());
            assertEquals(address.isIPv6() ? 28 : 16, length);
            assertEquals(
                    address, SocketAddress.of(SockAddr.ip(memory), SockAddr.scopeId(memory), SockAddr.port(memory)));
        }
    }

    @Test
    @Covers("libuv:ip_name")
    void bytesOfAnotherFamilyAreRefused() {
        MemorySegment memory = Memory.allocate(SockAddr.SIZE);
        SockAddr.putUnix(memory, new byte[] {'/', 'x'});
        UsageException refused = assertThrows(UsageException.class, () -> SocketAddress.of(SockAddr.ip(memory), 0, 0));
        assertEquals("ERR_INVALID_ADDRESS", refused.code());
    }

    @Test
    @Covers("libuv:ip6_sin6_len")
    void theUnspecifiedIPv6AddressIsWrittenAs28Bytes() {
        MemorySegment memory = Memory.allocate(SockAddr.SIZE);
        assertEquals(28, SockAddr.putIp(memory, new SocketAddress("::", 1).ip(), 1, 0));
        assertArrayEquals(new byte[16], SockAddr.ip(memory));
    }
}
