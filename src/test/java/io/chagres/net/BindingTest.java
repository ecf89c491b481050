package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice among the addresses of a name on which a server listens. */
@ExtendWith(HangGuard.class)
class BindingTest {

    private static String preferred(String... addresses) {
        return Binding.preferred(Stream.of(addresses)
                        .map(address -> new SocketAddress(address, 0))
                        .toList())
                .address();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fe80::1", "fe80::1%eth0", "fe8f::1", "fe9a::1", "feab::1", "febf:ffff::1"})
    @Covers("node:test-net-server-listen-ipv6-link-local")
    void aServerBindsToTheFirstAddressThatIsNotLinkLocal(String linkLocal) {
        assertEquals("127.0.0.1", preferred(linkLocal, "127.0.0.1", "::1"));
        assertEquals("::1", preferred("::1", linkLocal));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fec0::1", "fe7f::1", "fe8::1", "fe::80", "f:e80::1", "::fe80", "254.128.0.1"})
    void addressesSimilarToLinkLocalOnesAreNotLinkLocal(String other) {
        assertEquals(other, preferred(other, "::1"));
    }

    @Test
    @Covers("node:test-net-server-listen-ipv6-link-local")
    void aServerBindsToALinkLocalAddressIfThereIsNoOther() {
        assertEquals("fe80::2", preferred("fe80::2", "fe80::1"));
    }
}
