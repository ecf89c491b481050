package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.address.LookupOptions.Hint;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** getaddrinfo(3) without a name server: names of /etc/hosts, addresses, and names that cannot exist. */
@ExtendWith(LoopFixture.class)
class LookupAddressTest {

    private static final LookupOptions PLAIN = LookupOptions.defaults();
    /** RFC 1035: a label has at most 63 characters. */
    private static final String NO_NAME = "a".repeat(300) + ".invalid";

    private final Journal journal = new Journal();

    private void keep(Lookup.Addresses found, Throwable failure) {
        journal.add(
                failure instanceof SystemException error
                        ? error.code()
                        : found.addresses().toString());
    }

    private static String first(String host, LookupOptions options) {
        return Lookup.addressNow(host, options).addresses().getFirst().toString();
    }

    @Test
    @Covers("libuv:getaddrinfo_basic")
    void localhostResolvesAndTheCallbackIsCalledOnce(Loop loop) {
        Lookup.address(loop, "localhost", LookupOptions.defaults().family(Family.IPV4), this::keep);
        journal.expect();
        loop.run();
        journal.expect("[127.0.0.1:0]");
    }

    @Test
    @Covers("libuv:getaddrinfo_basic_sync")
    void addressNowWaitsForTheAnswer() {
        assertEquals("127.0.0.1:0", first("localhost", LookupOptions.defaults().family(Family.IPV4)));
    }

    @Test
    @Covers("libuv:getaddrinfo_concurrent")
    void tenLookupsAtATimeAreEachAnsweredOnce(Loop loop) {
        int[] answers = new int[10];
        for (int i = 0; i < answers.length; i++) {
            int number = i;
            Lookup.address(loop, "localhost", PLAIN, (found, failure) -> {
                assertNull(failure);
                answers[number]++;
            });
        }
        loop.run();
        for (int answer : answers) {
            assertEquals(1, answer);
        }
    }

    @Test
    @Covers("libuv:getaddrinfo_fail")
    void anUnknownNameIsReportedToTheCallback(Loop loop) {
        Lookup.address(loop, NO_NAME, PLAIN, (found, failure) -> {
            assertNull(found);
            SystemException error = (SystemException) failure;
            assertEquals("getaddrinfo ENOTFOUND " + NO_NAME, error.getMessage());
            assertEquals(NO_NAME, error.hostname());
            assertEquals("getaddrinfo", error.syscall());
            assertTrue(error.errno() < 0, "a number of getaddrinfo(3)");
            journal.add("told");
        });
        loop.run();
        journal.expect("told");
    }

    @Test
    @Covers("libuv:getaddrinfo_fail")
    void aLookupWithoutAHostAndAServiceIsRefused(Loop loop) {
        assertInvalid(() -> Lookup.address(loop, null, PLAIN, this::keep));
        assertInvalid(() -> Lookup.address(loop, "localhost", null, this::keep));
        assertInvalid(() -> Lookup.address(loop, "localhost", PLAIN, null));
        loop.run();
        journal.expect();
    }

    @Test
    @Covers("libuv:getaddrinfo_fail_sync")
    void addressNowThrowsForAnUnknownName() {
        SystemException error = assertThrows(SystemException.class, () -> Lookup.addressNow(NO_NAME, PLAIN));
        assertEquals("ENOTFOUND", error.code());
        assertInvalid(() -> Lookup.addressNow(null, PLAIN));
    }

    @Test
    void theServiceDecidesThePort() {
        assertEquals(
                "192.0.2.1:8080", first("192.0.2.1", LookupOptions.defaults().service("8080")));
        LookupOptions numeric =
                LookupOptions.defaults().service("no-such-service").hints(Hint.AI_NUMERICSERV);
        assertEquals(
                "ENOTFOUND",
                assertThrows(SystemException.class, () -> Lookup.addressNow("192.0.2.1", numeric))
                        .code());
        LookupOptions unknown = LookupOptions.defaults().service("no-such-service");
        assertEquals(
                "EAI_SERVICE",
                assertThrows(SystemException.class, () -> Lookup.addressNow("192.0.2.1", unknown))
                        .code());
    }

    @Test
    void aLookupWithoutAHostFindsThisMachine() {
        LookupOptions loopback = LookupOptions.defaults().family(Family.IPV4).service("80");
        assertEquals("127.0.0.1:80", first(null, loopback));
        assertEquals("0.0.0.0:80", first(null, loopback.hints(Hint.AI_PASSIVE)));
    }

    @Test
    void hintsReachGetaddrinfo() {
        LookupOptions numeric = LookupOptions.defaults().hints(Hint.AI_NUMERICHOST, Hint.AI_CANONNAME);
        assertEquals("192.0.2.1", Lookup.addressNow("192.0.2.1", numeric).canonicalName());
        assertNull(Lookup.addressNow("192.0.2.1", PLAIN).canonicalName());
        assertThrows(SystemException.class, () -> Lookup.addressNow("localhost", numeric));
        LookupOptions mapped = LookupOptions.defaults().family(Family.IPV6).hints(Hint.AI_V4MAPPED);
        assertEquals("[::ffff:192.0.2.1]:0", first("192.0.2.1", mapped));
        assertEquals(
                "EAI_ADDRFAMILY",
                assertThrows(
                                SystemException.class,
                                () -> Lookup.addressNow(
                                        "192.0.2.1", LookupOptions.defaults().family(Family.IPV6)))
                        .code());
    }

    @Test
    void aZoneIsPartOfTheAnswer() {
        assertEquals(
                List.of(new SocketAddress("fe80::1%lo", 0)),
                Lookup.addressNow("fe80::1%lo", PLAIN).addresses());
        assertEquals(
                List.of(new SocketAddress("fe80::1%lo", 0)),
                Lookup.addressNow("fe80::1%1", PLAIN).addresses());
    }

    @Test
    void aMalformedNameIsNotFound() {
        for (String name : new String[] {"local\0host", "ex\u00e4mple.\u0000", "\u00e4".repeat(100), "\u00e4..b"}) {
            assertEquals(
                    "ENOTFOUND",
                    assertThrows(SystemException.class, () -> Lookup.addressNow(name, PLAIN))
                            .code());
        }
    }

    /** IDNA folds full-width letters and dots to ASCII. Here the result is an address, for which no name server is needed. */
    @Test
    void lettersBeyondAsciiAreEncodedByIdna() {
        assertEquals("192.0.2.1:0", first("192\u30020\u30022\u30021", PLAIN));
    }

    private static void assertInvalid(Runnable call) {
        assertEquals("EINVAL", assertThrows(UsageException.class, call::run).code());
    }
}
