package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class ZoneTest {

    private static final int NO_INTERFACE = 123_456_789;

    /** Uses the interfaces that this machine has; every machine has the loopback interface. */
    @Test
    @Covers("libuv:ip6_addr_link_local")
    void aZoneNameHasTheIndexOfItsInterfaceAndBack() throws SocketException {
        for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
            SocketAddress named = new SocketAddress("fe80::1%" + device.getName(), 1);
            assertEquals(device.getIndex(), named.scopeId());
            assertEquals(
                    named.toString(),
                    SocketAddress.of(named.ip(), named.scopeId(), 1).toString());
            SocketAddress numbered = new SocketAddress("fe80::1%" + device.getIndex(), 1);
            assertEquals(device.getIndex(), numbered.scopeId());
            assertEquals(named, numbered);
        }
    }

    @Test
    @Covers("libuv:ip6_addr_link_local")
    void anIndexWithoutAnInterfaceIsWrittenAsANumber() {
        assertEquals("%" + NO_INTERFACE, Zone.suffix(NO_INTERFACE));
        assertEquals("", Zone.suffix(0));
    }

    @Test
    @Covers("libuv:ip6_addr_link_local")
    void aNameWithoutAnInterfaceHasNoIndex() {
        assertEquals(0, Zone.index("nosuchzone"));
        assertEquals(0, Zone.index(null));
    }
}
