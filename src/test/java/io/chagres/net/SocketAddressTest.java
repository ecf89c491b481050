package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.loop.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class SocketAddressTest {

    @ParameterizedTest
    @CsvSource({"127.0.0.1, IPv4, 127.0.0.1:80", "::1, IPv6, [::1]:80", "fe80::1%1, IPv6, [fe80::1%1]:80"})
    void familyAndText(String address, String family, String text) {
        SocketAddress it = new SocketAddress(address, 80);
        assertEquals(family, it.family());
        assertEquals(text, it.toString());
    }

    @Test
    void theSameAddressInOtherWordsIsEqual() {
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
    void whatIsNoAddressIsRefused(String text) {
        UsageException refused = assertThrows(UsageException.class, () -> new SocketAddress(text, 80));
        assertEquals("ERR_INVALID_ADDRESS", refused.code());
        assertEquals("Invalid IP address: " + text, refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void whatIsNoPortIsRefused(int port) {
        UsageException refused = assertThrows(UsageException.class, () -> new SocketAddress("::1", port));
        assertEquals("ERR_SOCKET_BAD_PORT", refused.code());
        assertEquals("port should be >= 0 and < 65536. Received " + port + ".", refused.getMessage());
    }
}
