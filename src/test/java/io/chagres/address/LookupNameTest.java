package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.Lookup.NameFlag;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** getnameinfo(3). */
@ExtendWith(LoopFixture.class)
class LookupNameTest {

    private static final SocketAddress IPV4 = new SocketAddress("127.0.0.1", 80);
    private static final SocketAddress IPV6 = new SocketAddress("::1", 80);

    private final Journal journal = new Journal();

    private void found(Lookup.Name name, Throwable failure) {
        assertNull(failure);
        assertFalse(name.host().isEmpty() || name.service().isEmpty(), name::toString);
        journal.add("named");
    }

    @Test
    @Covers("libuv:getnameinfo_basic_ip4")
    void anIpv4AddressHasAName(Loop loop) {
        Lookup.name(loop, IPV4, this::found);
        journal.expect();
        loop.run();
        journal.expect("named");
    }

    @Test
    @Covers("libuv:getnameinfo_basic_ip4_sync")
    void nameNowWaitsForTheAnswer() {
        found(Lookup.nameNow(IPV4), null);
        journal.expect("named");
    }

    @Test
    @Covers("libuv:getnameinfo_basic_ip6")
    void anIpv6AddressHasAName(Loop loop) {
        Lookup.name(loop, IPV6, this::found);
        loop.run();
        journal.expect("named");
    }

    @Test
    void numericFlagsReturnTheAddressAndThePort() {
        assertEquals(
                new Lookup.Name("127.0.0.1", "80"),
                Lookup.nameNow(IPV4, NameFlag.NI_NUMERICHOST, NameFlag.NI_NUMERICSERV));
        assertEquals(
                new Lookup.Name("::1", "80"), Lookup.nameNow(IPV6, NameFlag.NI_NUMERICHOST, NameFlag.NI_NUMERICSERV));
        assertEquals(
                "fe80::1%lo",
                Lookup.nameNow(new SocketAddress("fe80::1%1", 80), NameFlag.NI_NUMERICHOST)
                        .host());
    }

    /** Requires a name of an address that has none: 240.0.0.0/4 is reserved, RFC 1112. */
    @Test
    void aFailureHasNodesCode(Loop loop) {
        SocketAddress nameless = new SocketAddress("240.0.0.1", 80);
        Lookup.name(
                loop,
                nameless,
                (name, failure) -> {
                    assertNull(name);
                    SystemException error = (SystemException) failure;
                    assertEquals("getnameinfo", error.syscall());
                    assertEquals("getnameinfo " + error.code() + " 240.0.0.1", error.getMessage());
                    journal.add(
                            error.code().equals("EAI_AGAIN")
                                    ? "ENOTFOUND"
                                    : error.code()); // EAI_AGAIN: there is no name server
                },
                NameFlag.NI_NAMEREQD);
        loop.run();
        journal.expect("ENOTFOUND");
    }

    @Test
    void aLookupWithoutAnAddressIsRefused(Loop loop) {
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> Lookup.name(loop, null, this::found))
                        .code());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> Lookup.name(loop, IPV4, null))
                        .code());
        assertEquals(
                "EINVAL",
                assertThrows(UsageException.class, () -> Lookup.nameNow(null)).code());
    }
}
